namespace Latlab.Measurement.Matching;

/// <summary>
/// Consecutive departures, a column each: looking for a key reads keys and nothing else, many a vector instruction.
/// </summary>
internal sealed class DepartureBlock
{
    public const int Bits = 14;
    public const int Length = 1 << Bits;
    public const int Mask = Length - 1;

    /// <summary>It has not arrived, and may. Any other fate is final.</summary>
    public const Fate InFlight = (Fate)255;

    public readonly ulong[] Keys = new ulong[Length];
    public readonly uint[] Checks = new uint[Length];

    /// <summary>When each had its turn; never less than the one before, unless the clock was set.</summary>
    public readonly long[] TurnNs = new long[Length];
    public readonly long[] SentNs = new long[Length];
    public readonly long[] LatencyNs = new long[Length];
    public readonly ushort[] Flows = new ushort[Length];
    public readonly ushort[] WireLengths = new ushort[Length];
    public readonly Fate[] Fates = new Fate[Length];

    /// <summary>Which arrived more than once.</summary>
    public readonly bool[] Replicated = new bool[Length];

    /// <summary>The departure before of the same bucket of <see cref="DepartureIndex"/>: the low 32 bits of its position.</summary>
    public readonly uint[] Chain = new uint[Length];

    public DepartureBlock() => Reset();

    /// <summary>Makes it ready for new departures.</summary>
    public void Reset()
    {
        Array.Fill(Fates, InFlight);
        Array.Clear(LatencyNs);
        Array.Clear(Replicated);
    }
}
