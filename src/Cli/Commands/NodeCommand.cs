using System.CommandLine;
using System.Text.Json;
using Latlab.Cli.Nodes;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab node</c>, or <c>kubectl latlab node</c>: a node's ledger.</summary>
internal static class NodeCommand
{
    private const int NotInEffect = 3;

    public static Command Create()
    {
        var name = new Argument<string>("NODE") { Description = "Name of a tuned node" };
        var context = new Option<string?>("--context") { Description = "Context of the kubeconfig", HelpName = "NAME" };
        var command = new Command(
            "node",
            "Show how a node is tuned, wished against real, by asking kubectl. Exit codes: 0 all is in effect, 1 failed, 2 usage, 3 not all is in effect")
        {
            name, context,
        };
        command.SetAction(result => Failures.Report("node", () =>
        {
            var chosen = result.GetValue(context) is { } asked ? new[] { $"--context={asked}" } : [];
            var json = Kubectl.Run(["get", "nodetunings.latlab.dev", "--output=json", .. chosen, "--", result.GetRequiredValue(name)]);
            try
            {
                var node = NodeTuningObject.Parse(json);
                NodeText.Write(result.InvocationConfiguration.Output, node);
                return NodeText.IsInEffect(node) ? Outcome.Done : NotInEffect;
            }
            catch (JsonException exception)
            {
                throw new CommandFailedException($"what kubectl printed is no NodeTuning: {exception.Message}; is this latlab of the version of the cluster's?");
            }
        }));
        return command;
    }
}
