using System.Net;
using k8s;
using Latlab.Operator.Runs;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runs;

public sealed class PodLogReaderTests
{
    [Fact]
    public async Task The_last_lines_come_without_control_characters()
    {
        var reader = Reader(new Answer(_ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("one\u0007\ntwo\n") })), TimeProvider.System);
        Assert.Equal("one\ntwo", await reader.LastLinesAsync(RunRole.Meter, RunObjects.Run(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_kubelet_that_does_not_answer_costs_seconds_and_no_failure()
    {
        var clock = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        var reader = Reader(
            new Answer(async token =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                throw new InvalidOperationException("never");
            }),
            clock);
        var lines = reader.LastLinesAsync(RunRole.Meter, RunObjects.Run(), TestContext.Current.CancellationToken);
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("", await lines);
    }

    private static PodLogReader Reader(DelegatingHandler handler, TimeProvider clock) =>
        new(new Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" }, handler), new OperatorSettings(), clock);

    private sealed class Answer(Func<CancellationToken, Task<HttpResponseMessage>> answer) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await answer(cancellationToken);
            response.RequestMessage = request;
            return response;
        }
    }
}
