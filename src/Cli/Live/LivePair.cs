using Latlab.Cli.Metering;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Live;

/// <summary>Matches what two taps see while they see it: where traffic goes both ways, each way for itself.</summary>
internal sealed class LivePair : IDisposable
{
    private readonly IdentityRule _rule;
    private readonly IdentitySummary _summary;
    private readonly int _snapLength;
    private readonly IReadOnlyList<CaptureFacts> _facts;
    private readonly FlowTable _flows;
    private readonly SharedMatcher<PairAccumulator> _forward;

    /// <summary>Flows of the tap after the device: each tap's thread has a table of its own. Null where all go one way.</summary>
    private readonly FlowTable? _flowsAfter;

    /// <summary>Null where all go one way.</summary>
    private readonly SharedMatcher<PairAccumulator>? _reverse;

    /// <param name="rule">How packets are known.</param>
    /// <param name="summary">The same for the result.</param>
    /// <param name="options">What to find out.</param>
    /// <param name="snapLength">Most bytes of a frame.</param>
    /// <param name="facts">Count what the tap before the device and the one after it capture.</param>
    /// <param name="directions">Tells which way packets go; null when they all go one way.</param>
    /// <param name="longestLead">As of <see cref="SharedMatcher{T}"/>.</param>
    public LivePair(
        IdentityRule rule,
        IdentitySummary summary,
        AnalysisOptions options,
        int snapLength,
        IReadOnlyList<CaptureFacts> facts,
        TrafficDirections? directions = null,
        int longestLead = 1 << 20)
    {
        (_rule, _summary, _snapLength, _facts) = (rule, summary, snapLength, facts);
        _flows = new FlowTable(directions: directions);
        if (directions is not null)
        {
            (options, var reverse) = DirectedResult.OptionsOf(options, directions);
            _flowsAfter = new FlowTable(directions: directions);
            _reverse = new SharedMatcher<PairAccumulator>(new PairAccumulator(reverse), longestLead);
        }

        _forward = new SharedMatcher<PairAccumulator>(new PairAccumulator(options), longestLead);
    }

    /// <summary>Takes what the tap before (0) or after (1) the device captures.</summary>
    public ILiveListener ListenerOf(int index)
    {
        var (tap, flows) = index == 0 ? (Tap.Ingress, _flows) : (Tap.Egress, _flowsAfter);
        var keyer = new PacketKeyer(_rule, flows);
        return _reverse is null
            ? new LiveKeyer(keyer, _snapLength, _facts[index], records => _forward.Add(tap, records.Span), until => _forward.Advance(tap, until))
            : BothWays(keyer, tap, new DirectionSplit(flows!), _facts[index], _reverse);
    }

    /// <summary>The result, when both taps are complete.</summary>
    public AnalysisResult Finish()
    {
        var result = _forward.Finish(pair => pair.Finish(Product.Name, _facts[0], _facts[1])) with { Identity = _summary };
        if (_reverse is not null)
        {
            var reverse = _reverse.Finish(pair => pair.Finish(Product.Name, DirectedResult.OfReverse(_facts[1]), DirectedResult.OfReverse(_facts[0])));
            return DirectedResult.Join(result, reverse with { Identity = _summary }, _flows, _flowsAfter!);
        }

        return result.Named(_flows.NameOf, _flows.ReverseOf);
    }

    public void Dispose()
    {
        _forward.Dispose();
        _reverse?.Dispose();
    }

    private LiveKeyer BothWays(PacketKeyer keyer, Tap tap, DirectionSplit split, CaptureFacts facts, SharedMatcher<PairAccumulator> reverse)
    {
        var other = tap == Tap.Ingress ? Tap.Egress : Tap.Ingress;
        return new LiveKeyer(keyer, _snapLength, facts, Add, Advance);

        void Add(Memory<PacketRecord> records)
        {
            split.Take(records.Span);
            _forward.Add(tap, split.Forward);
            reverse.Add(other, split.Reverse);
            // What nothing goes for a while must not wait for more than the tap has seen: the other tap's thread would wait for it.
            if (split.Forward.IsEmpty || split.Reverse.IsEmpty)
            {
                Advance(split.TimeNs);
            }
        }

        void Advance(long untilNs)
        {
            _forward.Advance(tap, untilNs);
            reverse.Advance(other, untilNs);
        }
    }
}
