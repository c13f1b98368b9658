using System.Net;

namespace Latlab.Cli.Tests.Live;

/// <summary>What live tests have in common.</summary>
internal static class LiveRun
{
    public const string RunId = "00c0ffee";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public static LatlabProcess StartMeter(NetworkNamespace network, string ingress, string egress, params string[] more) => network.Start(
        ["meter", "--ingress", ingress, "--egress", egress, "--run-id", RunId, "--deadline", "60s", "--report", "REPORT", .. Window(more), .. more]);

    public static LatlabProcess StartGenerator(NetworkNamespace network, int rate, string duration, params string[] more) => network.Start(
        ["generate", "--interface", "w1a", "--run-id", RunId, "--rate", $"{rate}", "--warm-up", "200ms", "--duration", duration,
            "--report", "REPORT", .. more]);

    /// <summary>A long window: who else is on this machine may hold up a forwarder or a capture, but not make it lose packets.</summary>
    private static string[] Window(string[] more) => more.Contains("--window") ? [] : ["--window", "1s"];

    /// <summary>Waits until the URL answers 200, as kubelet does.</summary>
    public static async Task UntilReadyAsync(NetworkNamespace network, string url)
    {
        using var http = network.CreateHttpClient();
        using var tooLong = new CancellationTokenSource(Patience);
        while (await StatusAsync(http, url, tooLong.Token) != HttpStatusCode.OK)
        {
            await Task.Delay(PollInterval, tooLong.Token);
        }
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var tooLong = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(PollInterval, tooLong.Token);
        }
    }

    /// <summary>The body of an answer.</summary>
    public static async Task<string> BodyAsync(HttpClient http, string url, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(url, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public static async Task<HttpStatusCode?> StatusAsync(HttpClient http, string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(url, cancellationToken);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
