using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Latlab.Cli.Forwarding;

/// <summary>A connection to a DPDK process' telemetry (socket <c>dpdk_telemetry.v2</c>, one JSON document a packet).</summary>
internal sealed class DpdkTelemetry : IDisposable
{
    private const int LongestReply = 64 * 1024;
    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[LongestReply];

    private DpdkTelemetry(Socket socket) => _socket = socket;

    /// <summary>The DPDK process, as it sees itself: a number in its own PID namespace.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Path of the socket. DPDK 22.11 has no option for it: for root it is always below /var/run.</summary>
    public static string SocketPath(string filePrefix) => $"/var/run/dpdk/{filePrefix}/dpdk_telemetry.v2";

    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task<DpdkTelemetry> ConnectAsync(string filePrefix, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        var telemetry = new DpdkTelemetry(socket);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath(filePrefix)), cancellationToken);
            using var greeting = await telemetry.ReceiveAsync(cancellationToken);
            telemetry.ProcessId = greeting.RootElement.GetProperty("pid").GetInt32();
            return telemetry;
        }
        catch
        {
            telemetry.Dispose();
            throw;
        }
    }

    /// <summary>Whether the port exists and was started.</summary>
    public async Task<bool> IsStartedAsync(int port, CancellationToken cancellationToken)
    {
        const string command = "/ethdev/info";
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"{command},{port}"), SocketFlags.None, cancellationToken);
        using var reply = await ReceiveAsync(cancellationToken);
        // A port that is not there yet is answered with null.
        return reply.RootElement.TryGetProperty(command, out var info)
            && info.ValueKind == JsonValueKind.Object
            && info.TryGetProperty("dev_started", out var started)
            && started.ValueKind switch { JsonValueKind.Number => started.GetInt32() == 1, JsonValueKind.True => true, _ => false };
    }

    public void Dispose() => _socket.Dispose();

    private async Task<JsonDocument> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var exchange = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        exchange.CancelAfter(LongestExchange);
        var length = await _socket.ReceiveAsync(_buffer, SocketFlags.None, exchange.Token);
        return length == 0 ? throw new SocketException((int)SocketError.ConnectionReset) : JsonDocument.Parse(_buffer.AsMemory(0, length));
    }
}
