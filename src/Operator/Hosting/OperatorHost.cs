using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks;

namespace Latlab.Operator.Hosting;

/// <summary>
/// The operator's process: controllers, the webhook unless it is off, and the endpoints that Kubernetes and Prometheus ask.
/// </summary>
internal static class OperatorHost
{
    public static async Task<int> RunAsync(
        OperatorSettings settings, WebhookSettings? webhook, bool leaderElection, string leaseNamespace, int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));
        if (webhook is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenForWebhook(webhook));
            builder.Services.AddWebhook(webhook);
        }

        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            // Controller, object and the reconcile's ID are in the scopes.
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddOperatorRuntime(options =>
        {
            options.LeaderElection = leaderElection;
            options.LeaseNamespace = leaseNamespace;
        });
        builder.Services.AddLatlabControllers(settings);
        await using var app = builder.Build();
        if (webhook is not null)
        {
            app.MapWebhook();
        }

        app.MapRuntimeEndpoints();
        await app.RunAsync(cancellationToken);
        return Environment.ExitCode;
    }
}
