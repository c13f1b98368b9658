using System.Numerics;

namespace Latlab.NodeAgent.Noise;

/// <summary>
/// Gaps between two looks at the clock of a loop that does nothing else, in nanoseconds, counted by powers of two: [2ⁿ, 2ⁿ⁺¹). Whatever
/// makes a gap long took the CPU away: an interrupt, a thread of the kernel, the firmware, a hypervisor.
/// </summary>
internal sealed class GapHistogram
{
    private readonly long[] _counts = new long[64];

    /// <summary>Longest gap in nanoseconds.</summary>
    public long MaxNs { get; private set; }

    /// <summary>Number of gaps.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a gap; a clock that stands still gives one of 0.</summary>
    public void Add(long gapNs)
    {
        _counts[BitOperations.Log2((ulong)Math.Max(gapNs, 1))]++;
        MaxNs = Math.Max(MaxNs, gapNs);
        Count++;
    }

    /// <summary>Lower edges in nanoseconds and counts, of those with any.</summary>
    public IEnumerable<(long FromNs, long Count)> Buckets => _counts.Index().Where(bucket => bucket.Item > 0).Select(bucket => (1L << bucket.Index, bucket.Item));
}
