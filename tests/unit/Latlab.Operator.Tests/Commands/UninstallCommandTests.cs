using System.Net;
using k8s;
using Latlab.Operator.Commands;
using Latlab.Operator.Tests.Runtime;
using Microsoft.Extensions.Time.Testing;
using Testing;

namespace Latlab.Operator.Tests.Commands;

public sealed class UninstallCommandTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_bad_moment_of_the_API_server_does_not_fail_the_hook()
    {
        var faults = new Queue<Func<HttpResponseMessage>>(
        [
            () => throw new HttpRequestException("connection refused"),
            () => ScriptedServer.Json("{}", HttpStatusCode.ServiceUnavailable),
            () => ScriptedServer.Json("{}", HttpStatusCode.TooManyRequests),
        ]);
        using var server = new ScriptedServer(_ => faults.TryDequeue(out var fault) ? fault() : ScriptedServer.Json("""{"items":[]}"""));
        using var kubernetes = new Kubernetes(ScriptedServer.Configuration, server);

        var uninstalling = UninstallCommand.RunAsync(kubernetes, _time, TestContext.Current.CancellationToken);
        await PassAsync(() => uninstalling.IsCompleted);

        Assert.Equal(0, await uninstalling);
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_fault_in_the_middle_deletes_what_there_is_all_the_same()
    {
        var deletions = 0;
        using var server = new ScriptedServer(request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/validatingwebhookconfigurations/latlab-webhook", StringComparison.Ordinal))
            {
                return ScriptedServer.Json("{}", HttpStatusCode.NotFound);
            }

            if (request.Method == HttpMethod.Delete)
            {
                // Done, but the answer is lost; asked again, there is nothing any more.
                return ++deletions == 1
                    ? ScriptedServer.Json("{}", HttpStatusCode.InternalServerError)
                    : ScriptedServer.Json("{}", HttpStatusCode.NotFound);
            }

            return request.RequestUri.AbsolutePath.EndsWith("/tunednodes", StringComparison.Ordinal) && deletions == 0
                ? ScriptedServer.Json("""{"items":[{"metadata":{"name":"t"}}]}""")
                : ScriptedServer.Json("""{"items":[]}""");
        });
        using var kubernetes = new Kubernetes(ScriptedServer.Configuration, server);

        var uninstalling = UninstallCommand.RunAsync(kubernetes, _time, TestContext.Current.CancellationToken);
        await PassAsync(() => uninstalling.IsCompleted);

        Assert.Equal(0, await uninstalling);
        Assert.Equal(2, deletions);
    }

    [Fact]
    public async Task What_the_account_may_not_do_is_not_tried_again()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Json("{}", HttpStatusCode.Forbidden));
        using var kubernetes = new Kubernetes(ScriptedServer.Configuration, server);

        await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(
            () => UninstallCommand.RunAsync(kubernetes, _time, TestContext.Current.CancellationToken));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task It_ends_at_the_deadline()
    {
        using var server = new ScriptedServer(_ => throw new HttpRequestException("connection refused"));
        using var kubernetes = new Kubernetes(ScriptedServer.Configuration, server);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);

        var uninstalling = UninstallCommand.RunAsync(kubernetes, _time, deadline.Token);
        await PassAsync(() => uninstalling.IsCompleted);

        Assert.Equal(1, await uninstalling);
    }

    private Task PassAsync(Func<bool> until) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return until();
        },
        "the command ends");
}
