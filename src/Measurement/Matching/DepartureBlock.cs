namespace Latlab.Measurement.Matching;

/// <summary>
/// Consecutive departures, a column each: looking for a key reads keys and nothing else, many a vector instruction.
/// </summary>
internal sealed class DepartureBlock
{
    public const int Bits = 14;
    public const int Length = 1 << Bits;
    public const int Mask = Length - 1;

    public readonly ulong[] Keys = new ulong[Length];
    public readonly uint[] Checks = new uint[Length];

    /// <summary>When each had its turn; never less than the one before, unless the clock was set.</summary>
    public readonly long[] TurnNs = new long[Length];
    public readonly long[] SentNs = new long[Length];
    public readonly long[] LatencyNs = new long[Length];
    public readonly ushort[] Flows = new ushort[Length];
    public readonly ushort[] WireLengths = new ushort[Length];
    public readonly DepartureState[] States = new DepartureState[Length];

    /// <summary>The departure before of the same bucket of <see cref="DepartureIndex"/>: the low 32 bits of its position.</summary>
    public readonly uint[] Chain = new uint[Length];
}

/// <summary>What is known of a departure so far.</summary>
internal enum DepartureState : byte
{
    /// <summary>It has not arrived, and may.</summary>
    InFlight,

    /// <summary>It arrived.</summary>
    Matched,

    /// <summary>It arrived more than once.</summary>
    Replicated,

    /// <summary>Its arrival is stamped before it.</summary>
    Negative,

    /// <summary>Its window is over without an arrival.</summary>
    Expired,
}
