using System.CommandLine;
using Latlab.Operator.Hosting;
using Latlab.Operator.Webhooks;

namespace Latlab.Operator.Commands;

/// <summary><c>latlab-operator run</c>: the controller manager.</summary>
internal static class RunCommand
{
    private static readonly OperatorSettings Defaults = new();

    public static Command Create()
    {
        var runsNamespace = new Option<string>("--runs-namespace") { Description = "Namespace of run pods and node reservations", DefaultValueFactory = _ => Defaults.RunsNamespace };
        var runImage = new Option<string>("--run-image") { Description = "Image of meter and generator", Required = true };
        var forwarderImage = new Option<string>("--forwarder-image") { Description = "Default image of the forwarder", Required = true };
        var allowedImages = new Option<string[]>("--allowed-forwarder-images")
        {
            Description = "Further images that spec.forwarder.image may name, separated by commas",
            CustomParser = result => [.. result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            DefaultValueFactory = _ => [],
        };
        var pullPolicy = new Option<string>("--image-pull-policy") { Description = "Pull policy of run pods", DefaultValueFactory = _ => Defaults.ImagePullPolicy };
        pullPolicy.AcceptOnlyFromAmong("Always", "IfNotPresent", "Never");
        var artifacts = new Option<string>("--artifacts-path") { Description = "Directory on the nodes for runs' files", DefaultValueFactory = _ => Defaults.ArtifactsPath };
        var artifactsLimit = new Option<int>("--artifacts-limit-mib") { Description = "Most MiB of captures that one experiment may keep on its node", DefaultValueFactory = _ => Defaults.ArtifactsLimitMiB };
        var meterMemory = new Option<int>("--meter-memory-mib") { Description = "Memory limit of the meter in MiB", DefaultValueFactory = _ => Defaults.MeterMemoryMiB };
        var generatorMemory = new Option<int>("--generator-memory-mib") { Description = "Memory limit of the generator in MiB", DefaultValueFactory = _ => Defaults.GeneratorMemoryMiB };
        var meterPort = new Option<int>("--meter-port") { Description = "Loopback port on the nodes by which kubelet asks the meter for its readiness", DefaultValueFactory = _ => Defaults.MeterPort };
        var allowReboots = new Option<bool>("--allow-reboots") { Description = "Whether nodes may be cordoned, drained, tainted and rebooted, as TunedNodes say" };
        var agentsNamespace = new Option<string?>("--agents-namespace") { Description = "Namespace of the agents' pods; without it nobody is told of an agent that does not look" };
        var leaderElection = new Option<bool>("--leader-election") { Description = "Whether only the replica that holds the Lease acts", DefaultValueFactory = _ => true };
        var leaseNamespace = new Option<string>("--lease-namespace")
        {
            Description = "Namespace of that Lease, and of the webhook's Secret and Service (default: $POD_NAMESPACE)",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("POD_NAMESPACE") ?? "latlab-system",
        };
        var port = new Option<int>("--port") { Description = "Port of /healthz, /readyz and /metrics", DefaultValueFactory = _ => 8080 };
        var webhookPort = new Option<int>("--webhook-port")
        {
            Description = "Port of the validating webhook, which the API server asks about TunedNodes; 0: no webhook",
            DefaultValueFactory = _ => 9443,
        };

        var command = new Command("run", "Run the controllers until told to stop")
        {
            runsNamespace, runImage, forwarderImage, allowedImages, pullPolicy, artifacts, artifactsLimit, meterMemory, generatorMemory, meterPort, allowReboots,
            agentsNamespace, leaderElection, leaseNamespace, port, webhookPort,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new OperatorSettings
            {
                RunsNamespace = parsed.GetRequiredValue(runsNamespace),
                RunImage = parsed.GetRequiredValue(runImage),
                ForwarderImage = parsed.GetRequiredValue(forwarderImage),
                AllowedForwarderImages = parsed.GetRequiredValue(allowedImages),
                ImagePullPolicy = parsed.GetRequiredValue(pullPolicy),
                ArtifactsPath = parsed.GetRequiredValue(artifacts),
                ArtifactsLimitMiB = parsed.GetRequiredValue(artifactsLimit),
                MeterMemoryMiB = parsed.GetRequiredValue(meterMemory),
                GeneratorMemoryMiB = parsed.GetRequiredValue(generatorMemory),
                MeterPort = parsed.GetRequiredValue(meterPort),
                AllowReboots = parsed.GetRequiredValue(allowReboots),
                AgentsNamespace = parsed.GetValue(agentsNamespace),
                OwnPod = OwnPod(),
            };
            var @namespace = parsed.GetRequiredValue(leaseNamespace);
            var webhook = parsed.GetRequiredValue(webhookPort) is var number and not 0 ? new WebhookSettings(number, @namespace) : null;
            return OperatorHost.RunAsync(
                settings, webhook, parsed.GetRequiredValue(leaderElection), @namespace, parsed.GetRequiredValue(port), cancellationToken);
        });
        return command;
    }

    private static (string Namespace, string Name)? OwnPod() =>
        (Environment.GetEnvironmentVariable("POD_NAMESPACE"), Environment.GetEnvironmentVariable("POD_NAME")) is ({ Length: > 0 } @namespace, { Length: > 0 } name)
            ? (@namespace, name)
            : null;
}
