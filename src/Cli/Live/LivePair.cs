using Latlab.Cli.Metering;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Live;

/// <summary>Matches what two taps see while they see it.</summary>
internal sealed class LivePair : IDisposable
{
    private readonly IdentityRule _rule;
    private readonly IdentitySummary _summary;
    private readonly int _snapLength;
    private readonly IReadOnlyList<CaptureFacts> _facts;
    private readonly FlowTable _flows = new();
    private readonly SharedMatcher<PairAccumulator> _matcher;

    /// <param name="rule">How packets are known.</param>
    /// <param name="summary">The same for the result.</param>
    /// <param name="options">What to find out.</param>
    /// <param name="snapLength">Most bytes of a frame.</param>
    /// <param name="facts">Count what the tap before the device and the one after it capture.</param>
    public LivePair(IdentityRule rule, IdentitySummary summary, AnalysisOptions options, int snapLength, IReadOnlyList<CaptureFacts> facts)
    {
        (_rule, _summary, _snapLength, _facts) = (rule, summary, snapLength, facts);
        _matcher = new SharedMatcher<PairAccumulator>(new PairAccumulator(options));
    }

    /// <summary>Takes what the tap before (0) or after (1) the device captures.</summary>
    public ILiveListener ListenerOf(int index)
    {
        var tap = index == 0 ? Tap.Ingress : Tap.Egress;
        return new LiveKeyer(
            new PacketKeyer(_rule, index == 0 ? _flows : null),
            _snapLength,
            _facts[index],
            records => _matcher.Add(tap, records.Span),
            until => _matcher.Advance(tap, until));
    }

    /// <summary>The result, when both taps are complete.</summary>
    public AnalysisResult Finish()
    {
        var result = _matcher.Finish(pair => pair.Finish(Product.Name, _facts[0], _facts[1]));
        return result with
        {
            Identity = _summary,
            Flows = [.. result.Flows.Select(flow => flow with { Name = _flows.NameOf(flow.Flow), Reverse = _flows.ReverseOf(flow.Flow) })],
        };
    }

    public void Dispose() => _matcher.Dispose();
}
