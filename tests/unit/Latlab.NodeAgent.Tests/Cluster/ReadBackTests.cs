using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>A run asks for a look before and after its traffic, and for quiet in between.</summary>
public sealed class ReadBackTests : IDisposable
{
    private const string Name = "vm.stat_interval";

    private readonly AgentFixture _agent = new(FakeTree.Usual(), Specs.Usual);

    public void Dispose() => _agent.Dispose();

    [Fact]
    public async Task A_request_is_answered_at_once_then_it_is_quiet_until_the_next_one()
    {
        var loop = await TunedAsync();
        Assert.Null(_agent.Written.ReadBack);
        _agent.Tree.Sysctl(Name, "99");
        await AskAsync("a", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal(("a", 1, "10"), (_agent.Written.ReadBack, _agent.Written.Drifts, _agent.Tree.SysctlText(Name)));

        var written = _agent.Api.Written.Count;
        _agent.Tree.Sysctl(Name, "98");
        _agent.Clock.Advance(TimeSpan.FromSeconds(15));
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal((written, "98"), (_agent.Api.Written.Count, _agent.Tree.SysctlText(Name)));

        await AskAsync("b", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal(("b", 2, "10"), (_agent.Written.ReadBack, _agent.Written.Drifts, _agent.Tree.SysctlText(Name)));
    }

    [Fact]
    public async Task After_the_quiet_passes_go_on_and_keep_the_answer()
    {
        var loop = await TunedAsync();
        await AskAsync("a", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_agent.Stop);
        _agent.Tree.Sysctl(Name, "99");
        _agent.Clock.Advance(TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal(("a", 1, "10"), (_agent.Written.ReadBack, _agent.Written.Drifts, _agent.Tree.SysctlText(Name)));
    }

    [Theory]
    [InlineData(2, false, "20")]
    [InlineData(2, true, "1")]
    public async Task A_new_wish_and_a_deletion_are_met_at_once_though_it_is_quiet(long generation, bool deleted, string value)
    {
        var loop = await TunedAsync();
        await AskAsync("a", TimeSpan.FromMinutes(1));
        await loop.TurnAsync(_agent.Stop);
        var annotations = _agent.Api.Object!.Metadata.Annotations;
        var next = FakeApi.Tuning(Specs.Sysctl(Name, "20"), generation, deleted, version: 50);
        await _agent.BecomeAsync(next with { Metadata = next.Metadata with { Annotations = annotations } });
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal(value, _agent.Tree.SysctlText(Name));
    }

    [Fact]
    public async Task An_answer_that_could_not_be_written_is_given_again_though_it_is_quiet()
    {
        var loop = await TunedAsync();
        await AskAsync("a", TimeSpan.FromMinutes(1));
        _agent.Api.UpdateFailure = new HttpRequestException("Connection refused");
        await loop.TurnAsync(_agent.Stop);
        Assert.Null(_agent.Written.ReadBack);
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal("a", _agent.Written.ReadBack);
    }

    [Fact]
    public async Task A_request_that_comes_while_the_host_is_looked_at_is_answered_by_the_next_look()
    {
        var asked = false;
        var loop = await _agent.StartAsync(new AskingHost(_agent.Tree.Host, () =>
        {
            if (!asked)
            {
                asked = true;
                AskAsync("late", TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();
            }
        }));
        await loop.TurnAsync(_agent.Stop);
        Assert.True(asked);
        Assert.DoesNotContain(_agent.Api.Written, status => status.ReadBack == "late");
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal("late", _agent.Written.ReadBack);
    }

    /// <summary>What the operator compares of the two answers tells that nobody held the wish for a while: the run is invalid.</summary>
    [Fact]
    public async Task An_agent_that_is_started_anew_while_a_run_measures_shows_in_the_second_answer()
    {
        using var agent = new AgentFixture(FakeTree.WithCpus(), new() { Cpu = new() { MaxDmaLatency = "10us" } });
        var machine = new DmaMachine();
        var loop = await agent.StartAsync(new DmaHost(agent.Tree.Host, machine));
        await AskAsync(agent, "run/before");
        await loop.TurnAsync(agent.Stop);
        Assert.Equal(("run/before", "1/1", 0), (agent.Written.ReadBack, agent.Written.InEffect, agent.Written.Drifts));
        // Its file is closed with it.
        machine.Requests.Clear();
        loop = await agent.RestartAsync(new DmaHost(agent.Tree.Host, machine));
        await loop.TurnAsync(agent.Stop);
        await AskAsync(agent, "run/after");
        await loop.TurnAsync(agent.Stop);
        Assert.Equal(("run/after", "1/1", 1), (agent.Written.ReadBack, agent.Written.InEffect, agent.Written.Drifts));

        static Task AskAsync(AgentFixture agent, string token) => agent.AnnotateAsync(
            (ReadBackRequest.TokenAnnotation, token),
            (ReadBackRequest.QuietUntilAnnotation, $"{agent.Clock.GetUtcNow() + TimeSpan.FromMinutes(1):yyyy-MM-ddTHH:mm:ssZ}"));
    }

    [Fact]
    public async Task A_time_that_is_none_is_ignored_and_said_once()
    {
        var loop = await TunedAsync();
        await AskAsync("a", "tomorrow");
        await loop.TurnAsync(_agent.Stop);
        _agent.Tree.Sysctl(Name, "99");
        await loop.TurnAsync(_agent.Stop);
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal("10", _agent.Tree.SysctlText(Name));
        Assert.Single(_agent.Log.ToString().Split('\n'), line => line.Contains("\"tomorrow\" is not a time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quiet_lasts_26_hours_at_most()
    {
        var loop = await TunedAsync();
        await AskAsync("a", "2999-01-01T00:00:00.1234567Z");
        await loop.TurnAsync(_agent.Stop);
        await loop.TurnAsync(_agent.Stop);
        _agent.Tree.Sysctl(Name, "99");
        _agent.Clock.Advance(TimeSpan.FromHours(26) - TimeSpan.FromSeconds(1));
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal("99", _agent.Tree.SysctlText(Name));
        _agent.Clock.Advance(TimeSpan.FromSeconds(1));
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal("10", _agent.Tree.SysctlText(Name));
        Assert.Contains("more than 26 h ahead", _agent.Log.ToString(), StringComparison.Ordinal);
    }

    private Task AskAsync(string token, TimeSpan quiet) => AskAsync(token, $"{_agent.Clock.GetUtcNow() + quiet:yyyy-MM-ddTHH:mm:ssZ}");

    private Task AskAsync(string token, string quietUntil) =>
        _agent.AnnotateAsync((ReadBackRequest.TokenAnnotation, token), (ReadBackRequest.QuietUntilAnnotation, quietUntil));

    private async Task<AgentLoop> TunedAsync()
    {
        var loop = await _agent.StartAsync();
        await loop.TurnAsync(_agent.Stop);
        Assert.Equal("10", _agent.Tree.SysctlText(Name));
        return loop;
    }

    /// <summary>A host on which something happens at each write.</summary>
    private sealed class AskingHost(IHost inner, Action ask) : WrappedHost(inner)
    {
        public override string? WriteAttribute(string path, string value)
        {
            ask();
            return base.WriteAttribute(path, value);
        }
    }
}
