using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;
using Latlab.NodeAgent.Tests.Cluster;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Kubelet;

/// <summary>Kubelet is restarted once for each grant, and never without one.</summary>
public sealed class KubeletRestartTests : IDisposable
{
    private static readonly string Grant = KubeletRestartGrant.For(FakeTree.FirstBoot, 1);

    private readonly AgentFixture _agent = new(FakeTree.Usual().WithKubelet(), Specs.Usual);
    private readonly Systemctl _host;

    public KubeletRestartTests() => _host = new(_agent.Tree.Host);

    public void Dispose() => _agent.Dispose();

    [Fact]
    public async Task A_grant_is_good_for_one_restart_that_is_noted_before()
    {
        var loop = await _agent.StartAsync(_host);
        await loop.TurnAsync(_agent.Stop);
        Assert.Empty(_host.Commands);
        await AnnotateAsync(Grant);
        _host.OnCommand = () => Assert.Equal(Grant, _agent.Written.Kubelet!.RestartedFor);
        await loop.TurnAsync(_agent.Stop);
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal(["systemctl restart kubelet.service"], _host.Commands);
        Assert.Null(_agent.Written.Kubelet!.RestartProblem);
        // A new agent reads in the status that it was done.
        Assert.Null(KubeletRestarter.Noted(_agent.Written, Grant));
    }

    [Theory]
    [InlineData(FakeTree.SecondBoot, 1)]
    [InlineData(FakeTree.FirstBoot, 2)]
    public async Task A_grant_for_another_boot_or_wish_is_none(string boot, long generation)
    {
        var loop = await _agent.StartAsync(_host);
        await AnnotateAsync(KubeletRestartGrant.For(boot, generation));
        await loop.TurnAsync(_agent.Stop);
        Assert.Empty(_host.Commands);
    }

    [Fact]
    public async Task A_kubelet_that_would_not_start_again_is_not_restarted_whatever_the_operator_lets()
    {
        _agent.Tree.WithKubelet($"{KubeletTree.Aligned}\nmemoryManagerPolicy: Static");
        var loop = await _agent.StartAsync(_host);
        await AnnotateAsync(Grant);
        await loop.TurnAsync(_agent.Stop);
        Assert.Empty(_host.Commands);
        Assert.Null(_agent.Written.Kubelet!.RestartedFor);
    }

    [Fact]
    public async Task A_restart_that_fails_is_told_and_not_tried_again()
    {
        _host.Refusal = "Unit kubelet.service not found.";
        var loop = await _agent.StartAsync(_host);
        await AnnotateAsync(Grant);
        await loop.TurnAsync(_agent.Stop);
        await loop.TurnAsync(_agent.Stop);
        Assert.Single(_host.Commands);
        Assert.Contains("Unit kubelet.service not found", _agent.Written.Kubelet!.RestartProblem!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_quiet_of_a_measurement_it_waits()
    {
        var loop = await _agent.StartAsync(_host);
        await AnnotateAsync(Grant, quietUntil: _agent.Clock.GetUtcNow().AddMinutes(1));
        await loop.TurnAsync(_agent.Stop);
        Assert.Empty(_host.Commands);
        _agent.Clock.Advance(TimeSpan.FromMinutes(2));
        await loop.TurnAsync(_agent.Stop);
        Assert.Single(_host.Commands);
    }

    private async Task AnnotateAsync(string grant, DateTimeOffset? quietUntil = null)
    {
        List<(string, string)> annotations = [(KubeletRestartGrant.Annotation, grant)];
        if (quietUntil is { } time)
        {
            annotations.Add((ReadBackRequest.QuietUntilAnnotation, $"{time:yyyy-MM-ddTHH:mm:ssZ}"));
        }

        await _agent.AnnotateAsync(annotations);
        await Eventually.Until(() => _agent.Watcher.Current?.Object?.KubeletRestartGrant == grant);
    }

    private sealed class Systemctl(IHost inner) : WrappedHost(inner)
    {
        public List<string> Commands { get; } = [];

        public string? Refusal { get; set; }

        public Action OnCommand { get; set; } = () => { };

        public override CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit)
        {
            Commands.Add($"{program} {string.Join(' ', arguments)}");
            OnCommand();
            return Refusal is null ? new(0, "", "") : new(5, "", Refusal);
        }
    }
}
