using Latlab.Crds.NodeTunings;

namespace Latlab.Cli.Nodes;

/// <summary>Prints what would be done to each node.</summary>
internal static class PlanText
{
    public static void Write(TextWriter output, string tunedNode, IReadOnlyList<NodePlan> nodes)
    {
        if (nodes.Count == 0)
        {
            output.WriteLine($"TunedNode {tunedNode} matches no node; see `kubectl get nodes --show-labels`");
        }

        foreach (var (name, plan, problem) in nodes)
        {
            if (plan is null)
            {
                output.WriteLine($"node {name}: {problem}");
                continue;
            }

            var changes = plan.Steps.Where(step => step.ChangesHost).ToList();
            output.WriteLine($"node {name}: {Count(changes.Count)}{(changes.Exists(step => step.NeedsReboot) ? ", with a reboot" : "")}{Remaining(plan)}");
            Steps(output, changes);
            foreach (var entry in plan.Remaining)
            {
                output.WriteLine($"  ! {entry.Knob}  {entry.State}: {entry.Message}");
            }
        }
    }

    private static string Count(int changes) => changes switch
    {
        0 => "nothing to change",
        1 => "1 change",
        _ => $"{changes} changes",
    };

    private static string Remaining(PlanReport plan) => plan.Remaining.Count > 0 ? $"; {plan.Remaining.Count} would not be in effect" : "";

    private static void Steps(TextWriter output, List<PlannedStep> steps)
    {
        var knob = steps.Select(step => step.Knob.Length).DefaultIfEmpty(0).Max();
        foreach (var step in steps)
        {
            output.WriteLine($"  {step.Action,-8}{step.Knob.PadRight(knob)}  {Shown(step.From)} -> {Shown(step.To)}{(step.NeedsReboot ? "  (reboot)" : "")}");
        }
    }

    private static string Shown(string? value) => value is { Length: > 0 } ? value : "(none)";
}
