using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>Two captures of the same traffic, opened, and what a look at their first packets tells. Owns both.</summary>
public sealed class CapturePair : IDisposable
{
    private readonly List<IDisposable> _opened;

    private CapturePair(ProbeResult probe, IRecordSource before, IRecordSource after, FlowTable flows, List<IDisposable> opened)
    {
        (Probe, Before, After, Flows, _opened) = (probe, before, after, flows, opened);
    }

    /// <summary>What the first packets tell.</summary>
    public ProbeResult Probe { get; }

    /// <summary>The capture before the device.</summary>
    public IRecordSource Before { get; }

    /// <summary>The capture after it.</summary>
    public IRecordSource After { get; }

    /// <summary>Flows of the capture before, as they appear.</summary>
    public FlowTable Flows { get; }

    /// <summary>Opens two captures.</summary>
    /// <param name="before">File of the capture before the device, or <c>-</c>.</param>
    /// <param name="after">File of the capture after it, or <c>-</c>.</param>
    /// <param name="options">How to read them.</param>
    /// <param name="rule">How to know packets again; null to find out.</param>
    /// <param name="insist">Analyse even what looks like the wrong order or the same capture twice.</param>
    /// <exception cref="CaptureFormatException">They cannot be analysed; the message says why and what to do.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static CapturePair Open(string before, string after, CaptureOptions options, IdentityRule? rule = null, bool insist = false)
    {
        var opened = new List<IDisposable>();
        try
        {
            var (openBefore, takeBefore) = Prepare(before, options, opened);
            var (openAfter, takeAfter) = Prepare(after, options, opened);
            var probe = IdentityProbe.Run(openBefore, openAfter, rule);
            var mayInsist = insist && probe.Rule is not null;
            if (probe.Problem is { } problem && !mayInsist)
            {
                throw new CaptureFormatException(problem.Message);
            }

            var flows = new FlowTable();
            var beforeSource = new KeyedSource(takeBefore(), new PacketKeyer(probe.Rule!, flows));
            opened.Add(beforeSource);
            var afterSource = new KeyedSource(takeAfter(), new PacketKeyer(probe.Rule!, null));
            opened.Add(afterSource);
            return new CapturePair(probe, beforeSource, afterSource, flows, opened);
        }
        catch
        {
            opened.ForEach(source => source.Dispose());
            throw;
        }
    }

    /// <summary>Analyses both to their ends, or until cancelled. Once.</summary>
    /// <param name="options">What to find out.</param>
    /// <param name="madeBy">For <see cref="AnalysisResult.MadeBy"/>.</param>
    /// <param name="progress">Called between batches, often.</param>
    /// <param name="cancellationToken">Ends the analysis early, with what there is.</param>
    /// <exception cref="IOException">A capture cannot be read.</exception>
    public AnalysisResult Analyze(
        AnalysisOptions options, string madeBy, Action? progress = null, CancellationToken cancellationToken = default)
    {
        var result = new PairAnalyzer(ReadAhead(Before), ReadAhead(After), PairOptions.AllowFor(options, Probe.Offset))
            .Run(madeBy, progress, cancellationToken);
        return result with
        {
            Identity = Probe.Summary,
            Flows = [.. result.Flows.Select(flow => flow with { Name = Flows.NameOf(flow.Flow), Reverse = Flows.ReverseOf(flow.Flow) })],
        };

        IRecordSource ReadAhead(IRecordSource source)
        {
            if (!options.ReadAhead)
            {
                return source;
            }

            var ahead = new ReadAheadSource(source);
            _opened.Insert(0, ahead);
            return ahead;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _opened.ForEach(source => source.Dispose());

    /// <summary>How to look at a capture as often as one likes, and how to read it once. A pipe can be opened but once.</summary>
    private static (Func<IFrameSource> Look, Func<IFrameSource> Take) Prepare(string path, CaptureOptions options, List<IDisposable> opened)
    {
        if (path != CaptureFile.StandardInput && CanSeek(path))
        {
            var quick = options with { Follow = options.Follow is null ? null : TimeSpan.FromSeconds(1) };
            return (() => CaptureFile.Open(path, quick), () => CaptureFile.Open(path, options));
        }

        var peeked = new PeekedSource(CaptureFile.Open(path, options));
        opened.Add(peeked);
        return (peeked.Peek, () => peeked);
    }

    private static bool CanSeek(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        return file.CanSeek;
    }
}
