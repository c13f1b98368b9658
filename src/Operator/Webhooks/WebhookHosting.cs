using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks.Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Latlab.Operator.Webhooks;

/// <summary>The webhook in the operator's process: on every replica, whoever leads, on a port of its own.</summary>
internal static class WebhookHosting
{
    public static IServiceCollection AddWebhook(this IServiceCollection services, WebhookSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<ServingCertificate>().AddSingleton<IReadiness>(provider => provider.GetRequiredService<ServingCertificate>());
        services.TryAddSingleton<IWebhookObjects, WebhookObjects>();
        services.AddHostedService<CertificateKeeper>();
        services.AddHostedService<WebhookFarewell>();
        return services;
    }

    /// <summary>TLS by the certificate that is current when a connection begins.</summary>
    public static void ListenForWebhook(this KestrelServerOptions kestrel, WebhookSettings settings)
    {
        var serving = kestrel.ApplicationServices.GetRequiredService<ServingCertificate>();
        kestrel.Limits.MaxRequestBodySize = AdmissionEndpoint.MostBytes;
        kestrel.ListenAnyIP(settings.Port, listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => serving.Current));
    }

    /// <summary>The webhook's paths are on its port, and nothing else is.</summary>
    public static WebApplication MapWebhook(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<WebhookSettings>();
        var paths = AdmissionRules.All.Select(rule => new PathString(rule.Path)).ToHashSet();
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort == settings.Port == paths.Contains(context.Request.Path))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        foreach (var rule in AdmissionRules.All)
        {
            app.MapPost(rule.Path, (HttpRequest request, CancellationToken cancellationToken) => AdmissionEndpoint.AnswerAsync(rule, request, cancellationToken));
        }

        return app;
    }
}
