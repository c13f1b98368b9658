using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Consecutive departures, a column each: looking for a key reads keys and nothing else, many a vector instruction. All columns lie in one
/// piece of <see cref="LargeMemory"/>.
/// </summary>
internal sealed class DepartureBlock
{
    public const int Bits = 14;
    public const int Length = 1 << Bits;
    public const int Mask = Length - 1;

    /// <summary>Bytes of all columns.</summary>
    public const int Size = (FlagsAt + 2) * Length;

    /// <summary>It has not arrived, and may. Any other fate is final.</summary>
    public const Fate InFlight = (Fate)255;

    // Where columns start, in bytes a departure: the wide ones first, so that each is aligned.
    private const int TurnsAt = sizeof(ulong);
    private const int SentAt = TurnsAt + sizeof(long);
    private const int LatenciesAt = SentAt + sizeof(long);
    private const int ChecksAt = LatenciesAt + sizeof(long);
    private const int ChainAt = ChecksAt + sizeof(uint);
    private const int FlowsAt = ChainAt + sizeof(uint);
    private const int WireLengthsAt = FlowsAt + sizeof(ushort);
    private const int FlagsAt = WireLengthsAt + sizeof(ushort);

    private readonly byte[] _bytes;
    private readonly int _start;

    public DepartureBlock(LargeMemory memory)
    {
        (_bytes, _start) = memory.Take();
        Reset();
    }

    public Span<ulong> Keys => Column<ulong>(0);

    /// <summary>When each had its turn; never less than the one before, unless the clock was set.</summary>
    public Span<long> TurnNs => Column<long>(TurnsAt);

    public Span<long> SentNs => Column<long>(SentAt);

    public Span<long> LatencyNs => Column<long>(LatenciesAt);

    public Span<uint> Checks => Column<uint>(ChecksAt);

    /// <summary>The departure before of the same bucket of <see cref="DepartureIndex"/>: the low 32 bits of its position.</summary>
    public Span<uint> Chain => Column<uint>(ChainAt);

    public Span<ushort> Flows => Column<ushort>(FlowsAt);

    public Span<ushort> WireLengths => Column<ushort>(WireLengthsAt);

    public Span<Fate> Fates => Column<Fate>(FlagsAt);

    /// <summary>Which arrived more than once.</summary>
    public Span<bool> Replicated => Column<bool>(FlagsAt + 1);

    /// <summary>Makes it ready for new departures.</summary>
    public void Reset()
    {
        Fates.Fill(InFlight);
        LatencyNs.Clear();
        Replicated.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<T> Column<T>(int at)
        where T : unmanaged
    {
        // No check: the piece has the bytes of all columns.
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), _start + (at * Length));
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref first), Length);
    }
}
