using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>Two captures of the same traffic, opened, and what a look at their first packets tells. Owns both.</summary>
public sealed class CapturePair : IDisposable
{
    private readonly List<IDisposable> _opened;

    private readonly IdentitySummary? _identity;
    private readonly ClockOffset? _offset;
    private readonly Func<int, int?> _reverseOf;

    /// <summary>Packets may be long in coming.</summary>
    private bool _isAwaited;

    /// <summary>Set when both captures have both directions.</summary>
    private Func<AnalysisOptions, DirectedAnalyzer>? _analyzeDirections;

    private CapturePair(
        IdentitySummary? identity,
        ClockOffset? offset,
        IRecordSource before,
        IRecordSource after,
        Func<int, string> flowName,
        Func<int, int?> reverseOf,
        List<IDisposable> opened)
    {
        (_identity, _offset, Before, After, FlowName, _reverseOf, _opened) = (identity, offset, before, after, flowName, reverseOf, opened);
    }

    /// <summary>The capture before the device.</summary>
    public IRecordSource Before { get; }

    /// <summary>The capture after it.</summary>
    public IRecordSource After { get; }

    /// <summary>Names of the flows of the capture before, by index.</summary>
    public Func<int, string> FlowName { get; }

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
            var (beforeInput, afterInput) = (CaptureInput.Open(before, options, opened), CaptureInput.Open(after, options, opened));
            var pair = beforeInput.Records is null && afterInput.Records is null
                ? OfFrames(beforeInput, afterInput, rule, insist, opened)
                : OfRecords(beforeInput, afterInput, rule, opened);
            pair._isAwaited = options.Follow is not null || beforeInput.IsPipe || afterInput.IsPipe;
            return pair;
        }
        catch
        {
            opened.ForEach(source => source.Dispose());
            throw;
        }
    }

    private static CapturePair OfFrames(CaptureInput before, CaptureInput after, IdentityRule? rule, bool insist, List<IDisposable> opened)
    {
        var probe = IdentityProbe.Run(before.Look, after.Look, rule);
        if (probe.Problem is { Kind: ProbeProblemKind.Empty } && !IsEmpty(before))
        {
            probe = AllLost(rule ?? new IdentityRule(IdentityPreset.L3), rule is null);
        }

        if (probe.Problem is { } problem && !(insist && probe.Rule is not null))
        {
            throw new CaptureFormatException(problem.Message);
        }

        var flows = new FlowTable(directions: probe.Directions);
        var flowsAfter = probe.Directions is null ? null : new FlowTable(directions: probe.Directions);
        var beforeSource = new KeyedSource(before.Take(), new PacketKeyer(probe.Rule!, flows));
        opened.Add(beforeSource);
        var afterSource = new KeyedSource(after.Take(), new PacketKeyer(probe.Rule!, flowsAfter));
        opened.Add(afterSource);
        return new CapturePair(probe.Summary, probe.Offset, beforeSource, afterSource, flows.NameOf, flows.ReverseOf, opened)
        {
            _analyzeDirections = probe.Directions is not { } directions ? null : options =>
                new DirectedAnalyzer(new DirectedSource(beforeSource, flows), new DirectedSource(afterSource, flowsAfter!), directions, options),
        };
    }

    private static bool IsEmpty(CaptureInput capture)
    {
        using var look = capture.Look();
        return !look.Read(new FrameBatch());
    }

    /// <summary>Nothing came out of the device: a result, and no mistake. What knows packets again does not matter then.</summary>
    private static ProbeResult AllLost(IdentityRule rule, bool automatic) => new()
    {
        Rule = rule,
        Summary = new IdentitySummary
        {
            Preset = rule.ToString(),
            Automatic = automatic,
            Reason = automatic ? "the capture after the device has no frames, so any would do" : "",
            Depth = rule.Depth,
        },
    };

    /// <summary>Of files of records the keys are made already: frames beside them get theirs by the same rule.</summary>
    private static CapturePair OfRecords(CaptureInput before, CaptureInput after, IdentityRule? rule, List<IDisposable> opened)
    {
        var (recordsBefore, recordsAfter) = (before.Records, after.Records);
        var made = new[] { recordsBefore, recordsAfter }.OfType<CompactReader>().Select(reader => reader.Identity).Distinct().ToList();
        if (made.Count > 1)
        {
            throw new CaptureFormatException(
                $"{before.Path} knows packets by \"{made[0]}\" and {after.Path} by \"{made[1]}\": records of different rules cannot be matched; convert both with one --identity");
        }

        if (made.Count == 1 && rule is not null && rule.ToString() != made[0])
        {
            throw new CaptureFormatException($"the records were made with identity \"{made[0]}\", and not \"{rule}\"; leave --identity out");
        }

        if (made.Count == 0 && (recordsBefore is null || recordsAfter is null))
        {
            throw new CaptureFormatException($"{(recordsBefore is null ? before : after).Path}: an mscap file's ids can be matched with those of another mscap file only");
        }

        var flows = new FlowTable();
        var applied = made.Count == 1 ? IdentityRule.Parse(made[0]) : null;
        var (sourceBefore, sourceAfter) = (recordsBefore ?? Keyed(before, flows), recordsAfter ?? Keyed(after, null));
        var summary = new IdentitySummary { Preset = applied?.ToString() ?? "mscap", Reason = "as the records were made" };
        return new CapturePair(summary, null, sourceBefore, sourceAfter, NameOf, recordsBefore is null ? flows.ReverseOf : _ => null, opened);

        KeyedSource Keyed(CaptureInput input, FlowTable? table)
        {
            var source = new KeyedSource(input.Take(), new PacketKeyer(applied!, table));
            opened.Add(source);
            return source;
        }

        string NameOf(int flow) => recordsBefore is null ? flows.NameOf(flow)
            : recordsBefore is CompactReader reader && flow < reader.Flows.Count ? reader.Flows[flow]
            : $"flow {flow}";
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
        if (_analyzeDirections is not null)
        {
            var directed = _analyzeDirections(options).Run(madeBy, progress, cancellationToken);
            return directed with { Identity = _identity, Reverse = directed.Reverse! with { Identity = _identity } };
        }

        var result = new PairAnalyzer(ReadAhead(Before), ReadAhead(After), PairOptions.AllowFor(options, _offset))
            .Run(madeBy, progress, cancellationToken);
        return result.Named(FlowName, _reverseOf) with { Identity = _identity };

        IRecordSource ReadAhead(IRecordSource source)
        {
            if (!options.ReadAhead)
            {
                return source;
            }

            var ahead = new ReadAheadSource(source, _isAwaited);
            _opened.Insert(0, ahead);
            return ahead;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _opened.ForEach(source => source.Dispose());
}
