using System.Net;
using System.Net.Sockets;
using Latlab.Cli.Probes;

namespace Latlab.Cli.Tests.Probes;

public sealed class ReadinessEndpointTests
{
    [Fact]
    public async Task The_answer_follows_the_question()
    {
        var ready = false;
        using var endpoint = Start(() => ready);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{endpoint.Address}") };
        var refusal = await http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.StatusCode);
        Assert.Equal("not yet: 5 µs\n", await refusal.Content.ReadAsStringAsync());
        ready = true;
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/readyz", null)).StatusCode);
    }

    [Fact]
    public async Task A_client_that_talks_nonsense_without_end_is_cut_off_and_the_next_is_served()
    {
        using var endpoint = Start(() => true);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(endpoint.Address);
            await client.GetStream().WriteAsync(new byte[10_000]);
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                if (await client.GetStream().ReadAsync(new byte[1]) == 0)
                {
                    throw new IOException("closed");
                }
            });
        }

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://{endpoint.Address}/readyz")).StatusCode);
    }

    [Fact]
    public void A_taken_port_is_an_error_that_says_so()
    {
        using var first = Start(() => true);
        var error = Assert.Throws<CommandFailedException>(() =>
            ReadinessEndpoint.Start(first.Address, new Dictionary<string, Func<CancellationToken, Task<string?>>>()));
        Assert.Contains(first.Address.ToString(), error.Message, StringComparison.Ordinal);
    }

    private static ReadinessEndpoint Start(Func<bool> ready) => ReadinessEndpoint.Start(
        new IPEndPoint(IPAddress.Loopback, 0),
        new Dictionary<string, Func<CancellationToken, Task<string?>>> { ["/readyz"] = _ => Task.FromResult(ready() ? null : "not yet: 5 µs") });
}
