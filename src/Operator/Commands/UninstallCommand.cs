using System.CommandLine;
using k8s;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks;

namespace Latlab.Operator.Commands;

/// <summary>
/// <c>latlab-operator uninstall</c>, the chart's pre-delete hook: ends unfinished experiments and deletes TunedNodes while operator and
/// agents are still there to clean up, so that no finalizer hangs and every node is restored. Ended experiments keep their results. The
/// webhook's configuration goes first: the operator's own writes pass the webhook, and where the API server cannot reach it, nothing would
/// ever be let go.
/// </summary>
internal static class UninstallCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var timeout = new Option<int>("--timeout-seconds") { Description = "How long to wait", DefaultValueFactory = _ => 240 };
        var command = new Command("uninstall", "End unfinished experiments, delete TunedNodes, wait until nodes are restored") { timeout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(TimeSpan.FromSeconds(parsed.GetRequiredValue(timeout)));
            using var kubernetes = new Kubernetes(KubernetesClientConfiguration.BuildDefaultConfig());
            return await RunAsync(kubernetes, TimeProvider.System, deadline.Token);
        });
        return command;
    }

    internal static async Task<int> RunAsync(IKubernetes kubernetes, TimeProvider time, CancellationToken cancellationToken)
    {
        var api = new PatientApi(kubernetes, Interval, time);
        try
        {
            await api.DeleteAsync(
                new V1ValidatingWebhookConfiguration { Metadata = new V1ObjectMeta { Name = WebhookNames.Object } }, cancellationToken);
            foreach (var experiment in await api.ListAsync<V1Alpha1LatencyExperiment>(cancellationToken))
            {
                if (experiment.Status?.Conditions.IsTrue(ExperimentConditions.Complete) != true)
                {
                    await Console.Out.WriteLineAsync($"Ending experiment {EntityKey.Of(experiment)}");
                    await api.DeleteAsync(experiment, cancellationToken);
                }
            }

            await WaitAsync("runs to end", async () => (await api.ListAsync<V1Alpha1LatencyRun>(cancellationToken))
                .Count(r => r.Metadata.Finalizers is { Count: > 0 }), time, cancellationToken);
            foreach (var tunedNode in await api.ListAsync<V1Alpha1TunedNode>(cancellationToken))
            {
                await Console.Out.WriteLineAsync($"Restoring the nodes of TunedNode {tunedNode.Metadata.Name}");
                await api.DeleteAsync(tunedNode, cancellationToken);
            }

            await WaitAsync("nodes to be restored", async () => (await api.ListAsync<V1Alpha1NodeTuning>(cancellationToken)).Count
                + (await api.ListAsync<V1Alpha1TunedNode>(cancellationToken)).Count, time, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("latlab-operator uninstall: not done in time; `kubectl get ntn,lrun -A` shows what is left, and why");
            return 1;
        }
    }

    private static async Task WaitAsync(string what, Func<Task<int>> countLeft, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var last = -1; await countLeft() is var left and > 0; last = left)
        {
            if (left != last)
            {
                await Console.Out.WriteLineAsync($"Waiting for {left} {what}");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
