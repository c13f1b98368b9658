using System.CommandLine;
using k8s;
using Latlab.Crds;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Commands;

/// <summary>
/// <c>latlab-operator uninstall</c>, the chart's pre-delete hook: ends unfinished experiments and deletes TunedNodes while operator and agents are still
/// there to clean up, so that no finalizer hangs and every node is restored. Ended experiments keep their results.
/// </summary>
internal static class UninstallCommand
{
    private const string Experiments = "latencyexperiments";
    private const string TunedNodes = "tunednodes";

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
            return await RunAsync(kubernetes, deadline.Token);
        });
        return command;
    }

    private static async Task<int> RunAsync(Kubernetes kubernetes, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var experiment in await ListAsync<V1Alpha1LatencyExperiment>(kubernetes, Experiments, cancellationToken))
            {
                if (experiment.Status?.Conditions.IsTrue(ExperimentConditions.Complete) != true)
                {
                    await Console.Out.WriteLineAsync($"Ending experiment {experiment.Metadata.NamespaceProperty}/{experiment.Metadata.Name}");
                    await DeleteAsync(() => kubernetes.CustomObjects.DeleteNamespacedCustomObjectAsync(
                        ApiGroup.Name, ApiGroup.Version, experiment.Metadata.NamespaceProperty, Experiments, experiment.Metadata.Name,
                        cancellationToken: cancellationToken));
                }
            }

            await WaitAsync("runs to end", async () => (await ListAsync<V1Alpha1LatencyRun>(kubernetes, "latencyruns", cancellationToken))
                .Count(r => r.Metadata.Finalizers is { Count: > 0 }), cancellationToken);
            foreach (var tunedNode in await ListAsync<V1Alpha1TunedNode>(kubernetes, TunedNodes, cancellationToken))
            {
                await Console.Out.WriteLineAsync($"Restoring the nodes of TunedNode {tunedNode.Metadata.Name}");
                await DeleteAsync(() => kubernetes.CustomObjects.DeleteClusterCustomObjectAsync(
                    ApiGroup.Name, ApiGroup.Version, TunedNodes, tunedNode.Metadata.Name, cancellationToken: cancellationToken));
            }

            await WaitAsync("nodes to be restored", async () =>
                (await ListAsync<V1Alpha1NodeTuning>(kubernetes, "nodetunings", cancellationToken)).Count
                + (await ListAsync<V1Alpha1TunedNode>(kubernetes, TunedNodes, cancellationToken)).Count, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("latlab-operator uninstall: not done in time; `kubectl get ntn,lrun -A` shows what is left, and why");
            return 1;
        }
    }

    private static async Task<IList<T>> ListAsync<T>(Kubernetes kubernetes, string plural, CancellationToken cancellationToken) =>
        (await kubernetes.CustomObjects.ListClusterCustomObjectAsync<ListOf<T>>(
            ApiGroup.Name, ApiGroup.Version, plural, cancellationToken: cancellationToken)).Items;

    private static async Task DeleteAsync(Func<Task> delete)
    {
        try
        {
            await delete();
        }
        catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // Somebody else deleted it in between: that is what we want.
        }
    }

    private static async Task WaitAsync(string what, Func<Task<int>> countLeft, CancellationToken cancellationToken)
    {
        for (var last = -1; await countLeft() is var left and > 0; last = left)
        {
            if (left != last)
            {
                await Console.Out.WriteLineAsync($"Waiting for {left} {what}");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    private sealed record ListOf<T>
    {
        public IList<T> Items { get; init; } = [];
    }
}
