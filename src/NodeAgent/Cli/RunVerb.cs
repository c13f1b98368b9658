using System.CommandLine;
using k8s;
using k8s.Exceptions;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Cli;

/// <summary>The verb of the DaemonSet.</summary>
internal static class RunVerb
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromSeconds(2);

    public static Command Command()
    {
        var node = new Option<string>("--node")
        {
            Description = "Name of this node, and of the NodeTuning to carry out",
            HelpName = "NAME",
            Required = true,
        };
        var root = CommonOptions.Root();
        var interval = new Option<int>("--interval")
        {
            Description = "Seconds between verifications, 1 to 3600",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 15,
        };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600)
            {
                result.AddError("--interval: must be 1 to 3600 seconds");
            }
        });
        var healthPort = new Option<int>("--health-port")
        {
            Description = "Loopback port that says whether the work goes on, for kubelet's probes; 0: none",
            HelpName = "PORT",
            DefaultValueFactory = _ => 0,
        };
        var command = new Command("run", "Carry out the NodeTuning of this node until stopped, verifying at each interval.")
        {
            node, root, interval, healthPort,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(node),
            new HostRoot(parsed.GetValue(root)!, outlivesCall: true),
            TimeSpan.FromSeconds(parsed.GetValue(interval)),
            parsed.GetValue(healthPort),
            new AgentLog(parsed.InvocationConfiguration.Output, TimeProvider.System),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string node, HostRoot host, TimeSpan interval, int healthPort, AgentLog log, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await LockAsync(host, log, cancellationToken);
            var clock = TimeProvider.System;
            using var api = new NodeTuningApi(KubernetesClientConfiguration.BuildDefaultConfig(), node);
            using var signal = new WorkSignal();
            var watcher = new NodeTuningWatcher(api, signal, new Backoff(clock, Random.Shared), log);
            var tuner = new Tuner(host, new JournalFile(host), clock);
            log.Information($"Tuning node {node} in boot {BootId.Read(host)}, verifying every {interval.TotalSeconds} s");
            var passes = new PassWatch(clock);
            using var health = healthPort == 0 ? null : new HealthServer(healthPort, () => passes.Problem);
            _ = health?.RunAsync(cancellationToken);
            var loop = new AgentLoop(api, watcher, signal, host, tuner, clock, interval, log) { Threads = new OwnThreads(host, log), Passes = passes };
            await loop.RunAsync(cancellationToken);
            return AgentCommand.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return AgentCommand.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KubeConfigException)
        {
            log.Error(e.Message);
            return AgentCommand.NotDone;
        }
    }

    // During an update of the DaemonSet the former agent may still be ending.
    private static async Task<IDisposable> LockAsync(HostRoot host, AgentLog log, CancellationToken cancellationToken)
    {
        for (var said = false; ; said = true)
        {
            if (host.TryLock(CommonOptions.LockPath) is { } held)
            {
                return held;
            }

            if (!said)
            {
                log.Warning($"Waiting for another agent to free {CommonOptions.LockPath}");
            }

            await Task.Delay(LockPoll, cancellationToken);
        }
    }
}
