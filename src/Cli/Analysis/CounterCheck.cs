using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>Shows that every packet of both captures is in exactly one counter.</summary>
internal static class CounterCheck
{
    /// <summary>Prints both sums; false when one is not the number of packets that were read.</summary>
    public static bool Print(AnalysisResult result, CaptureFacts before, CaptureFacts after, TextWriter output)
    {
        var counters = result.Counters;
        (string Name, long? Count)[] sumBefore =
        [
            ("warm-up", counters.WarmUpBefore), ("unparsable", counters.UnparsableBefore), ("matched", counters.Matched), ("lost", counters.Lost),
            ("undecided", counters.Undecided), ("negative", counters.Negative), ("implausible", counters.Implausible),
            ("duplicated", counters.DuplicatedBefore), ("recurred", counters.Recurred),
            .. Reverse(result.Reverse?.Counters.After),
        ];
        (string Name, long? Count)[] sumAfter =
        [
            ("warm-up", counters.WarmUpAfter), ("unparsable", counters.UnparsableAfter), ("matched", counters.Matched), ("negative", counters.Negative),
            ("implausible", counters.Implausible), ("duplicated", counters.DuplicatedAfter), ("before start", counters.ArrivedBeforeStart), ("unmatched", counters.UnmatchedAfter),
            .. Reverse(result.Reverse?.Counters.Before),
        ];
        // Interrupted, the readers may be ahead of what was analysed.
        var holds = Holds("before", before.Packets, sumBefore);
        return Holds("after", after.Packets, sumAfter) && holds;

        static IEnumerable<(string Name, long? Count)> Reverse(long? count) => count is null ? [] : [("reverse", count)];

        bool Holds(string side, long packets, (string Name, long? Count)[] sum)
        {
            var total = sum.Sum(part => part.Count ?? 0);
            var adds = total == packets || (result.Partial && total <= packets);
            output.WriteLine($"check {side}: {string.Join(" + ", sum.Select(part => $"{part.Name} {part.Count}"))} = {total} "
                + $"of {packets} packets: {(adds ? "ok" : "DOES NOT ADD UP, please report this as a bug")}");
            return adds;
        }
    }
}
