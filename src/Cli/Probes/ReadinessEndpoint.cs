using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latlab.Cli.Probes;

/// <summary>
/// Answers kubelet's <c>GET</c> of a path with 200 or 503. A web server would take longer to start than all the rest of a run pod,
/// and this answers yes or no.
/// </summary>
internal sealed class ReadinessEndpoint : IDisposable
{
    private const int LongestRequest = 2048;
    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(2);

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyDictionary<string, Func<CancellationToken, Task<string?>>> _questions;

    private ReadinessEndpoint(TcpListener listener, IReadOnlyDictionary<string, Func<CancellationToken, Task<string?>>> questions)
    {
        _listener = listener;
        _questions = questions;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Starts to listen.</summary>
    /// <param name="address">Where.</param>
    /// <param name="questions">What to ask for which path; the answer is null for yes, and otherwise the body of the 503: why not.</param>
    /// <exception cref="CommandFailedException">The address cannot be had.</exception>
    public static ReadinessEndpoint Start(IPEndPoint address, IReadOnlyDictionary<string, Func<CancellationToken, Task<string?>>> questions)
    {
        var listener = new TcpListener(address);
        try
        {
            listener.Start(backlog: 16);
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new CommandFailedException(
                $"--listen {address}: {exception.Message}; choose an address of this host and a free port", exception);
        }

        var endpoint = new ReadinessEndpoint(listener, questions);
        _ = endpoint.ServeAsync(endpoint._stop.Token);
        return endpoint;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    /// <summary>One client at a time: kubelet is the only one, and more at once would be more work beside a measurement.</summary>
    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(cancellationToken);
                using var exchange = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                exchange.CancelAfter(LongestExchange);
                await AnswerAsync(client.GetStream(), exchange.Token);
            }
            catch (Exception exception) when (
                exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A client that went away or was too slow has had its chance; the next one gets its own.
                continue;
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var request = new byte[LongestRequest];
        var length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = length == request.Length ? 0 : await stream.ReadAsync(request.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return;
            }

            length += read;
        }

        // GET PATH HTTP/1.1
        var line = Encoding.ASCII.GetString(request, 0, request.AsSpan().IndexOf("\r\n"u8)).Split(' ');
        var (status, body) = line is not ["GET", var path, _] || !_questions.TryGetValue(path, out var askAsync) ? ("404 Not Found", "")
            : await askAsync(cancellationToken) is { } problem ? ("503 Service Unavailable", problem + "\n") : ("200 OK", "");
        var content = Encoding.UTF8.GetBytes(body);
        byte[] answer =
        [
            .. Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n")),
            .. content,
        ];
        await stream.WriteAsync(answer, cancellationToken);
    }
}
