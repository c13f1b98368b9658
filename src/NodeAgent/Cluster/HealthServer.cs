using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Latlab.NodeAgent.Cluster;

/// <summary>
/// Answers kubelet's probes on the loopback device: 200 while the work goes on, else 503 with the reason. Whatever is asked has this one
/// answer, so nothing of a request is read but its end.
/// </summary>
internal sealed class HealthServer : IDisposable
{
    private const int LongestRequest = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly Func<string?> _problem;

    /// <exception cref="IOException">The port is another program's.</exception>
    public HealthServer(int port, Func<string?> problem)
    {
        _problem = problem;
        _listener = new(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new IOException($"127.0.0.1:{port}, by which kubelet asks for the agent's health, cannot be had: {e.Message}; choose another one by the chart's agent.healthPort", e);
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync(cancellationToken);
                await AnswerAsync(connection.GetStream(), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Who asked is gone, or says nothing: the next one is answered.
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AnswerAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var request = new byte[LongestRequest];
        for (var length = 0; length < request.Length && !request.AsSpan(0, length).EndsWith("\r\n\r\n"u8);)
        {
            var read = await stream.ReadAsync(request.AsMemory(length), limit.Token);
            if (read == 0)
            {
                return;
            }

            length += read;
        }

        var problem = _problem();
        var body = Encoding.UTF8.GetBytes(problem ?? "ok");
        var head = $"HTTP/1.1 {(problem is null ? "200 OK" : "503 Service Unavailable")}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], limit.Token);
    }
}
