using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Reads the end of a run pod's log.</summary>
[EntityRbac(typeof(V1Pod), Subresource = "log", Verbs = RbacVerb.Get, Scope = RbacScope.RunNamespace)]
internal sealed class PodLogReader(IKubernetes kubernetes, OperatorSettings settings, TimeProvider clock)
{
    private const int Lines = 10;
    private const int Characters = 2000;

    /// <summary>The API server asks kubelet, which may be gone; the run's end does not wait for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The last lines, joined by line feeds, without control characters; empty when there are none to be had.</summary>
    public async Task<string> LastLinesAsync(RunRole role, V1Alpha1LatencyRun run, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await using var stream = await kubernetes.CoreV1.ReadNamespacedPodLogAsync(
                RunPodNames.For(role, run.Metadata.Uid), settings.RunsNamespace, tailLines: Lines, limitBytes: 64 * 1024, cancellationToken: either.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = await reader.ReadToEndAsync(either.Token);
            var clean = new string([.. text.Trim().Where(c => c == '\n' || !char.IsControl(c))]);
            return clean.Length <= Characters ? clean : "…" + clean[^Characters..];
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The log is an extra: a container that never started has none, and the run's own message stands without it.
            return "";
        }
    }
}
