using System.CommandLine;
using System.Text.Json;
using Latlab.Cli.Nodes;

namespace Latlab.Cli.Commands;

/// <summary>
/// <c>latlab plan</c>, or <c>kubectl latlab plan</c>: what a TunedNode would do to each node, which the nodes' agents say.
/// </summary>
internal static class PlanCommand
{
    private const int Remains = 3;

    public static Command Create()
    {
        var file = new Option<string>("--filename", "-f")
        {
            Description = "File with a TunedNode, YAML or JSON",
            HelpName = "FILE",
            Required = true,
        };
        var context = new Option<string?>("--context") { Description = "Context of the kubeconfig", HelpName = "NAME" };
        var force = new Option<bool>("--force") { Description = "Ask nodes on which a run is measuring, too: that disturbs it" };
        var command = new Command(
            "plan",
            "Show for each matching node what a TunedNode would change, what takes a reboot and what would be refused, and change "
                + "nothing. It asks the agents, by kubectl: "
            + "you need leave to `kubectl exec` into their pods. Exit codes: 0 all would be in effect, 1 failed, 2 usage, 3 something "
            + "would not")
        {
            file, context, force,
        };
        command.SetAction(result => Failures.Report("plan", () =>
        {
            try
            {
                var cluster = new PlanQuestions(result.GetValue(context));
                var tunedNode = cluster.Checked(result.GetRequiredValue(file));
                var answers = cluster.Nodes(tunedNode).Select(node => cluster.Ask(node, tunedNode, result.GetValue(force))).ToList();
                PlanText.Write(result.InvocationConfiguration.Output, tunedNode.Metadata.Name, answers);
                return answers.TrueForAll(answer => answer.Problem is null && answer.Plan!.Remaining.Count == 0) ? Outcome.Done
                    : answers.Exists(answer => answer is { Problem: not null, IsClaimed: false }) ? Outcome.Failed : Remains;
            }
            catch (JsonException exception)
            {
                throw new CommandFailedException($"what kubectl printed cannot be understood: {exception.Message}; is this latlab of "
                    + "the version of the cluster's?");
            }
        }));
        return command;
    }
}
