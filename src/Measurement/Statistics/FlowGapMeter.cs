using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Time between consecutive packets of each flow, in nanoseconds: lowest, mean and highest, in a fixed room for each flow. A stamp that
/// goes back gives no gap.
/// </summary>
internal sealed class FlowGapMeter
{
    private FlowGaps[] _flows = new FlowGaps[16];

    /// <summary>Adds packets in the order of capture; columns of one length.</summary>
    public void Add(ReadOnlySpan<long> timesNs, ReadOnlySpan<ushort> flows)
    {
        while (!flows.IsEmpty)
        {
            var (flow, count) = (flows[0], Columns.FirstRun(flows));
            if (flow >= _flows.Length)
            {
                Array.Resize(ref _flows, Math.Max(flow + 1, _flows.Length * 2));
            }

            _flows[flow].Add(timesNs[..count]);
            timesNs = timesNs[count..];
            flows = flows[count..];
        }
    }

    /// <summary>A flow's gaps, without percentiles; null when there is none.</summary>
    public ValueSummary? Of(int flow) => flow < _flows.Length ? _flows[flow].ToSummary() : null;

    private struct FlowGaps
    {
        private long? _lastNs;
        private long _count;
        private long _lowestNs;
        private long _highestNs;

        /// <summary>Gaps after a wrong stamp are of any length.</summary>
        private Int128 _sumNs;

        public void Add(ReadOnlySpan<long> timesNs)
        {
            // The first has none before it.
            var lastNs = _lastNs ?? long.MaxValue;
            foreach (var timeNs in timesNs)
            {
                if (timeNs >= lastNs)
                {
                    Count(timeNs - lastNs);
                }

                lastNs = timeNs;
            }

            _lastNs = lastNs;
        }

        public readonly ValueSummary? ToSummary() =>
            _count == 0 ? null : new ValueSummary(_count, _lowestNs, (double)_sumNs / _count, _highestNs, []);

        private void Count(long gapNs)
        {
            (_lowestNs, _highestNs) = _count == 0 ? (gapNs, gapNs) : (Math.Min(_lowestNs, gapNs), Math.Max(_highestNs, gapNs));
            _sumNs += gapNs;
            _count++;
        }
    }
}
