using System.Net;
using Latlab.NodeAgent.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>What kubelet is told of the agent's work.</summary>
public sealed class HealthTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_pass_that_does_not_end_is_told_and_one_that_has_ended_however_long_ago_is_not()
    {
        var watch = new PassWatch(_clock);
        using var server = new HealthServer(0, () => watch.Problem);
        using var stop = new CancellationTokenSource();
        var running = server.RunAsync(stop.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        Assert.Equal(HttpStatusCode.OK, await AskAsync());

        var pass = new TaskCompletionSource();
        var during = watch.DuringAsync(() => pass.Task);
        _clock.Advance(PassWatch.Longest);
        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync());
        Assert.Contains("has not ended within 30 minutes", watch.Problem, StringComparison.Ordinal);

        pass.SetException(new IOException("failed"));
        await Assert.ThrowsAsync<IOException>(() => during);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync());
        await stop.CancelAsync();
        await running;

        async Task<HttpStatusCode> AskAsync()
        {
            using var answer = await http.GetAsync(new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public void A_port_that_another_program_has_is_told_with_the_value_that_changes_it()
    {
        using var first = new HealthServer(0, () => null);
        var problem = Assert.Throws<IOException>(() => new HealthServer(first.Port, () => null));
        Assert.Contains("agent.healthPort", problem.Message, StringComparison.Ordinal);
    }
}
