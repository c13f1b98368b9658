using System.Globalization;
using System.Text.Json;
using Latlab.Crds.NodeTunings;

namespace Latlab.Cli.Nodes;

/// <summary>
/// Asks a cluster what a TunedNode would do. The agent's pod has all of its node that a plan is about: what it would do is asked there,
/// and nowhere guessed.
/// </summary>
internal sealed class PlanQuestions(string? context)
{
    // Not by the chart's name, which a release may change.
    private const string Agents = "app.kubernetes.io/component=agent";
    private const string Agent = "agent";

    private readonly string[] _context = context is null ? [] : [$"--context={context}"];
    private IReadOnlyList<AgentPod>? _pods;
    private Dictionary<string, PlanItem>? _tunings;

    /// <summary>The TunedNode of a file as the API server would store it: with its defaults, and after its checks.</summary>
    /// <exception cref="CommandFailedException">The server refuses it, or it is none.</exception>
    public PlannedTunedNode Checked(string file)
    {
        var json = Kubectl.Run(["apply", "--dry-run=server", "--output=json", .. _context, $"--filename={file}"]);
        var found = JsonSerializer.Deserialize(json, PlanJson.Default.PlannedTunedNode)!;
        return found.Kind == "TunedNode" ? found with { Json = json }
            : throw new CommandFailedException($"{file}: is a {found.Kind} and not one TunedNode; write one TunedNode to a file");
    }

    /// <summary>Names of the nodes that it matches, sorted.</summary>
    public IReadOnlyList<string> Nodes(PlannedTunedNode tunedNode)
    {
        string[] which = tunedNode.Spec.NodeName is { } name
            ? [$"--field-selector=metadata.name={name}"]
            : [$"--selector={string.Join(',', tunedNode.Spec.NodeSelector!.Select(label => $"{label.Key}={label.Value}"))}"];
        return [.. List("get", ["nodes", .. which]).Select(item => item.Metadata.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>What the agent of a node says.</summary>
    public NodePlan Ask(string node, PlannedTunedNode tunedNode, bool force)
    {
        if (Tuning(node)?.Spec?.TunedNode?.Name is { } owner && owner != tunedNode.Metadata.Name)
        {
            return new(node, null, $"it belongs to TunedNode \"{owner}\", and nothing would be changed; take it out of that one's "
                + "selector first")
            { IsClaimed = true };
        }

        if (!force && QuietUntil(node) is { } until)
        {
            return new(node, null, $"a run measures there until {until:yyyy-MM-dd HH:mm:ss} UTC at most, and a look would disturb it; "
                + "ask again then, or with --force");
        }

        _pods ??= [.. List("get", ["pods", "--all-namespaces", $"--selector={Agents}", "--field-selector=status.phase=Running"])
            .Where(item => item.Spec?.Containers?.Any(container => container.Name == Agent) == true)
            .Select(item => new AgentPod(item.Metadata.Namespace!, item.Metadata.Name, item.Spec?.NodeName))];
        if (_pods.FirstOrDefault(pod => pod.Node == node) is not { } pod)
        {
            return new(node, null, $"no running agent there; see `kubectl get pods -A -o wide -l {Agents}`");
        }

        var answer = Kubectl.Ask(
            tunedNode.Json,
            [
                "exec", "--stdin", $"--namespace={pod.Namespace}", $"--container={Agent}", .. _context, pod.Name,
                "--", "latlab-agent", "plan", "--tuning=-", "--root=/host", "--output=json",
            ]);
        // Its exit code says whether all would be in effect, which the report does, too.
        return answer.Output.Length > 0
            ? new(node, JsonSerializer.Deserialize(answer.Output, PlanJson.Default.PlanReport), null)
            : new(node, null, answer.Error);
    }

    private PlanItem? Tuning(string node)
    {
        _tunings ??= List("get", ["nodetunings.latlab.dev"]).ToDictionary(item => item.Metadata.Name);
        return _tunings.GetValueOrDefault(node);
    }

    private DateTimeOffset? QuietUntil(string node)
    {
        return Tuning(node)?.Metadata.Annotations?.TryGetValue(ReadBackRequest.QuietUntilAnnotation, out var text) == true
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
            && until > TimeProvider.System.GetUtcNow()
            ? until
            : null;
    }

    private IReadOnlyList<PlanItem> List(string verb, IReadOnlyList<string> what) =>
        JsonSerializer.Deserialize(Kubectl.Run([verb, "--output=json", .. _context, .. what]), PlanJson.Default.PlanItems)!.Items;

    private sealed record AgentPod(string Namespace, string Name, string? Node);
}

/// <summary>What would be done to a node, or why nobody can say.</summary>
internal sealed record NodePlan(string Node, PlanReport? Plan, string? Problem)
{
    /// <summary>Whether the node is another TunedNode's.</summary>
    public bool IsClaimed { get; init; }
}
