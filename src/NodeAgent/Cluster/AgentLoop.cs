using System.Net;
using System.Text.Json;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;
using Latlab.NodeAgent.Noise;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Cluster;

/// <summary>
/// The agent of a node: one pass at each change of the wish, at each request to look, and at each interval unless a run asked for quiet;
/// between them it sleeps.
/// </summary>
internal sealed class AgentLoop(
    INodeTuningApi api,
    NodeTuningWatcher watcher,
    WorkSignal signal,
    IHost host,
    Tuner tuner,
    TimeProvider clock,
    TimeSpan interval,
    AgentLog log)
{
    private static readonly TimeSpan RebootLimit = TimeSpan.FromSeconds(30);

    private readonly QuietTime _quiet = new(clock, log);
    private readonly NodeFacts _facts = new(host);
    private readonly NoiseLooks _noise = new(clock, host);
    private readonly LookBeside _look = new(signal.Set);
    private readonly InterferenceLooks _interference = new(host);
    private readonly KubeletLook _kubelet = new(host);
    private readonly KubeletRestarter _restarter = new(host, log);
    private NodeTuning? _written;
    private Work? _answered;
    private string _said = "";

    /// <summary>The threads of the process that this loop is all of; null where it is not.</summary>
    public OwnThreads? Threads { get; init; }

    /// <summary>Who is told that a pass goes on; null where nobody asks.</summary>
    public PassWatch? Passes { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var watching = watcher.RunAsync(cancellationToken);
        try
        {
            while (!watching.IsCompleted)
            {
                await signal.WaitAsync(interval, cancellationToken);
                await TurnAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop. What is in effect stays: the next agent goes on from the journal.
        }

        await _look.EndAsync();
        await watching;
    }

    /// <summary>A pass, unless there is nothing new and it shall be quiet. What is new stays so until its status is written.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        var isQuiet = watcher.Current?.Object is { Work.Deleted: false } tuning && _quiet.IsNow(tuning.QuietUntil);
        // Before the answer to a run, which measures on the CPUs that the look keeps busy.
        await _look.EndUnlessAsync(isQuiet ? null : watcher.Current?.Work);
        if (!isQuiet || watcher.Current?.Work != _answered)
        {
            await (Passes is { } watch ? watch.DuringAsync(() => PassAsync(cancellationToken)) : PassAsync(cancellationToken));
        }
    }

    /// <summary>One look at the wish and the host. A failure is said and met again at the next interval.</summary>
    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TuneAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or HttpRequestException or ClusterException or OperationCanceledException
            or JsonException)
        {
            Say(log.Error, $"This pass failed and will be tried again: {e.Message}");
        }
    }

    private async Task TuneAsync(CancellationToken cancellationToken)
    {
        // Without a word from the API server nothing is known of the wish, and nothing is undone.
        if (watcher.Current is not { } known)
        {
            return;
        }

        if (known.Object is not { } tuning)
        {
            Abandon();
            return;
        }

        Threads?.StayOff(tuning.Spec.Cpu?.Isolated);
        var deleted = tuning.Metadata.DeletionTimestamp is not null;
        var last = Newest(tuning);
        var noise = NoiseLooks.Known(tuning, last.Status);
        if (NoiseLooks.IsFirstDue(tuning, noise, tuner.HasHistory()))
        {
            await _look.EndAsync();
            noise = noise! with { Before = await UnlessOtherAsync(tuning, stop => _noise.LookAsync(tuning, BootId.Read(host), stop), cancellationToken) };
            if (watcher.Current?.Work != tuning.Work)
            {
                return;
            }
        }

        var outcome = deleted ? tuner.Restore() : tuner.Apply(tuning.Spec);
        // Others wait for this: a run, the next node that is to reboot. What a look found in another boot, or of another spec, says
        // nothing of this one.
        var subject = new LookSubject(tuning.Work, outcome.BootId, outcome.Journal.Drifts);
        var isDue = NoiseLooks.IsDue(tuning, noise, outcome);
        noise = isDue ? noise! with { After = _look.Found(subject) } : noise;
        var status = await ReportAsync(tuning, outcome, noise, cancellationToken);
        if (!deleted && !_quiet.IsNow(tuning.QuietUntil) && KubeletRestarter.Noted(status, tuning.KubeletRestartGrant) is { } noted)
        {
            await RestartKubeletAsync(tuning, noted, cancellationToken);
        }

        _answered = tuning.Work;
        if (outcome.RebootPending && tuning.MayEndBoot == outcome.BootId)
        {
            Reboot(outcome.BootId);
        }
        else if (isDue && noise!.After is null && !_quiet.IsNow(tuning.QuietUntil))
        {
            await _look.BeginAsync(subject, stop => _noise.LookAsync(tuning, outcome.BootId, stop), cancellationToken);
        }
    }

    /// <summary>A look that must end before the first change; null when other work comes before that.</summary>
    private async Task<NoiseFinding?> UnlessOtherAsync(
        NodeTuning tuning, Func<CancellationToken, Task<NoiseFinding>> look, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looking = look(stop.Token);
        if (await Task.WhenAny(looking, watcher.OtherThanAsync(tuning.Work)) != looking)
        {
            await stop.CancelAsync();
        }

        try
        {
            return await looking;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<NodeTuningStatus> ReportAsync(
        NodeTuning tuning, TuningOutcome outcome, NoiseStatus? noise, CancellationToken cancellationToken)
    {
        var (deleted, last) = (tuning.Metadata.DeletionTimestamp is not null, Newest(tuning));
        var before = last.Status?.Conditions ?? [];
        var environment = _facts.Read(outcome.BootId);
        var status = deleted
            ? StatusBuilder.Restored(outcome, environment, before, tuning.Metadata.Generation, clock.GetUtcNow())
            : StatusBuilder.Tuned(outcome, environment, before, tuning.Metadata.Generation, clock.GetUtcNow());
        // The request was seen before the host was looked at.
        status = StatusBuilder.WithLooks(
            status with { ReadBack = tuning.ReadBackToken },
            tuning.Spec, noise, _interference.Answer(tuning, last.Status), clock.GetUtcNow());
        status = _kubelet.Into(status, tuning.Spec, last.Status?.Kubelet, tuning.Metadata.Generation, clock.GetUtcNow());
        var done = $"{(deleted ? "Restored" : "Tuned")} generation {tuning.Metadata.Generation}";
        Say(
            outcome.IsWhole ? log.Information : log.Warning,
            $"{done}: {status.InEffect} in effect, {status.Drifts} drifts; "
                + status.Conditions.Get(deleted ? NodeTuningConditions.Restored : NodeTuningConditions.Effective)!.Message);
        if (Text(status) != Text(last.Status))
        {
            await WriteAsync(last, status, cancellationToken);
        }

        return status;
    }

    /// <summary>
    /// As the operator granted: for this boot alone. That the node is empty, and that no run measures on it, is the operator's to know.
    /// </summary>
    private void Reboot(string bootId)
    {
        log.Warning($"Rebooting, as granted for boot {bootId}");
        if (host.RunOnHost("systemctl", ["reboot"], RebootLimit) is { Succeeded: false } outcome)
        {
            // Tried again at the next interval; the operator's time-out tells the user.
            log.Error($"systemctl reboot failed: {outcome.Error}");
        }
    }

    /// <summary>A status that could not be written ends the pass, and another one tries again.</summary>
    private async Task RestartKubeletAsync(NodeTuning tuning, NodeTuningStatus noted, CancellationToken cancellationToken)
    {
        await WriteAsync(Newest(tuning), noted, cancellationToken);
        if (_written?.Status?.Kubelet?.RestartedFor == tuning.KubeletRestartGrant && _restarter.Restart(noted) is { } failed)
        {
            await WriteAsync(_written!, failed, cancellationToken);
        }
    }

    private async Task WriteAsync(NodeTuning seen, NodeTuningStatus status, CancellationToken cancellationToken)
    {
        try
        {
            _written = await api.UpdateStatusAsync(seen, status, cancellationToken);
        }
        catch (ClusterException e) when (e.Code == HttpStatusCode.Conflict)
        {
            // The object changed since we saw it. With the same wish, the status is still right; with another one, the watch is about to
            // say so.
            var now = (await api.ListAsync(cancellationToken)).Items;
            if (now.Count > 0 && now[0].Work == seen.Work)
            {
                _written = await api.UpdateStatusAsync(now[0], status, cancellationToken);
            }
        }
    }

    /// <summary>
    /// The object is gone, though its finalizer waits for us: forced away, or while no agent ran. Its traces go all the same.
    /// </summary>
    private void Abandon()
    {
        _written = null;
        if (tuner.HasHistory())
        {
            var outcome = tuner.Restore();
            Say(
                outcome.IsWhole ? log.Information : log.Warning,
                outcome.IsWhole
                    ? "No NodeTuning for this node: prior state restored"
                    : $"No NodeTuning for this node, and not all could be restored: {outcome.Problem ?? outcome.Ledger[0].Message}");
        }
    }

    // The watch brings our own status back a moment later; until then what the server answered is newer.
    private NodeTuning Newest(NodeTuning seen) =>
        _written is { } written && written.Metadata.Uid == seen.Metadata.Uid
            && Version(written) > Version(seen)
            ? written
            : seen;

    private static long Version(NodeTuning tuning) => long.TryParse(tuning.Metadata.ResourceVersion, out var version) ? version : 0;

    private static string Text(NodeTuningStatus? status) =>
        status is null ? "" : JsonSerializer.Serialize(status, ClusterJson.Default.NodeTuningStatus);

    // The same news every interval would be chatter on a node that shall be quiet.
    private void Say(Action<string> say, string text)
    {
        if (_said != text)
        {
            _said = text;
            say(text);
        }
    }
}
