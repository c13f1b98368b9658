namespace Latlab.Cli.Tests.Nodes;

/// <summary>What a TunedNode would do, asked of the agents by a <c>kubectl</c> that answers what a test gives it.</summary>
public sealed class PlanCommandTests : IDisposable
{
    private const string Checked = """
        { "apiVersion": "latlab.dev/v1alpha1", "kind": "TunedNode", "metadata": { "name": "fast" },
          "spec": { "nodeSelector": { "pool": "edge", "zone": "a" }, "boot": { "bootloader": "Auto" }, "aFieldOfTheFuture": 1 } }
        """;

    private const string Plan = """
        { "steps": [
            { "action": "change", "knob": "kernel.sysctls[vm.stat_interval]", "from": "1", "to": "10", "changesHost": true, "needsReboot": false },
            { "action": "change", "knob": "boot", "from": "", "to": "nohz_full=2-5", "changesHost": true, "needsReboot": true },
            { "action": "confirm", "knob": "cpu.boost", "to": "0", "changesHost": false, "needsReboot": false } ],
          "remaining": [] }
        """;

    private readonly FakeKubectl _kubectl = new();

    public void Dispose() => _kubectl.Dispose();

    [Fact]
    public async Task Each_nodes_agent_says_what_it_would_do()
    {
        Cluster()
            .Answers("exec*agent-1*", Plan)
            .Answers("exec*agent-2*", """{ "steps": [], "remaining": [ { "knob": "cpu.smt", "requested": "off", "evidence": "spec", "state": "Refused", "presentInThisBoot": false, "message": "kubelet" } ] }""", 1);
        var (exitCode, output, error) = await _kubectl.RunAsync("plan", "-f", "fast.yaml", "--context", "lab");
        Assert.Equal((3, ""), (exitCode, error));
        Assert.Equal(
            """
            node node-1: 2 changes, with a reboot
              change  kernel.sysctls[vm.stat_interval]  1 -> 10
              change  boot                              (none) -> nohz_full=2-5  (reboot)
            node node-2: nothing to change; 1 would not be in effect
              ! cpu.smt  Refused: kubelet

            """,
            output);
        Assert.Equal("apply --dry-run=server --output=json --context=lab --filename=fast.yaml", _kubectl.Asked[0]);
        Assert.Equal("get --output=json --context=lab nodes --selector=pool=edge,zone=a", _kubectl.Asked[1]);
        Assert.Contains(
            "exec --stdin --namespace=latlab-system --container=agent --context=lab agent-1 -- latlab-agent plan --tuning=- "
                + "--root=/host --output=json", _kubectl.Asked);
        Assert.Contains("aFieldOfTheFuture", _kubectl.Input, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_on_which_a_run_measures_is_let_be_unless_forced()
    {
        Cluster("2999-01-01T00:00:00Z").Answers("exec*", """{ "steps": [], "remaining": [] }""");
        var (exitCode, output, _) = await _kubectl.RunAsync("plan", "-f", "fast.yaml");
        Assert.Equal(1, exitCode);
        Assert.Contains("node node-1: a run measures there until 2999-01-01 00:00:00 UTC", output, StringComparison.Ordinal);
        Assert.Single(_kubectl.Asked, asked => asked.StartsWith("exec", StringComparison.Ordinal));
        Assert.Equal(0, (await _kubectl.RunAsync("plan", "-f", "fast.yaml", "--force")).ExitCode);
    }

    [Fact]
    public async Task A_node_of_another_TunedNode_shows_no_changes()
    {
        Cluster(owner: "other").Answers("exec*", """{ "steps": [], "remaining": [] }""");
        var (exitCode, output, _) = await _kubectl.RunAsync("plan", "-f", "fast.yaml");
        Assert.Equal(3, exitCode);
        Assert.Contains("node node-1: it belongs to TunedNode \"other\", and nothing would be changed", output, StringComparison.Ordinal);
        Assert.Contains("node node-2: nothing to change", output, StringComparison.Ordinal);
        Assert.DoesNotContain(_kubectl.Asked, asked => asked.Contains("agent-1", StringComparison.Ordinal));
        // Whatever the release is called.
        Assert.Contains(_kubectl.Asked, asked => asked.Contains("--selector=app.kubernetes.io/component=agent ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_server_or_an_agent_refuses_is_passed_on()
    {
        _kubectl.Answers("apply*", "spec.cpu.isolated: has CPU 0", 1);
        var (exitCode, _, error) = await _kubectl.RunAsync("plan", "-f", "fast.yaml");
        Assert.Equal(1, exitCode);
        Assert.EndsWith("spec.cpu.isolated: has CPU 0\n", error, StringComparison.Ordinal);

        using var kubectl = new FakeKubectl();
        Cluster(kubectl: kubectl).Answers("exec*agent-1*", "pods \"agent-1\" is forbidden", 1).Answers("exec*", """{ "steps": [], "remaining": [] }""");
        var (code, output, _) = await kubectl.RunAsync("plan", "-f", "fast.yaml");
        Assert.Equal(1, code);
        Assert.Contains("node node-1: pods \"agent-1\" is forbidden", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_kind_is_told_from_a_TunedNode()
    {
        _kubectl.Answers("apply*", """{ "kind": "Pod", "metadata": { "name": "x" }, "spec": {} }""");
        Assert.Contains("fast.yaml: is a Pod and not one TunedNode", (await _kubectl.RunAsync("plan", "-f", "fast.yaml")).Error, StringComparison.Ordinal);
    }

    private FakeKubectl Cluster(string quietUntil = "2000-01-01T00:00:00Z", FakeKubectl? kubectl = null, string owner = "fast") =>
        (kubectl ?? _kubectl)
        .Answers("apply*", Checked)
        .Answers("get*\\ nodes*", """{ "items": [ { "metadata": { "name": "node-2" } }, { "metadata": { "name": "node-1" } } ] }""")
        .Answers("get*nodetunings*", $$"""{ "items": [ { "metadata": { "name": "node-1", "annotations": { "latlab.dev/quiet-until": "{{quietUntil}}" } }, "spec": { "tunedNode": { "name": "{{owner}}" } } } ] }""")
        .Answers("get*pods*", """
            { "items": [ { "metadata": { "name": "collector-1", "namespace": "logs" }, "spec": { "nodeName": "node-1", "containers": [ { "name": "collector" } ] } },
                         { "metadata": { "name": "agent-1", "namespace": "latlab-system" }, "spec": { "nodeName": "node-1", "containers": [ { "name": "agent" } ] } },
                         { "metadata": { "name": "agent-2", "namespace": "latlab-system" }, "spec": { "nodeName": "node-2", "containers": [ { "name": "agent" } ] } } ] }
            """);
}
