using System.Runtime.InteropServices;
using System.Text;
using Latlab.Cli.Native;

namespace Latlab.Cli.Generation;

/// <summary>
/// Sends frames on one network device, up to <see cref="BatchSize"/> with one system call. Through the queueing discipline, not past it:
/// the kernel shows packets to captures at the sending end only there.
/// </summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    public const int BatchSize = 64;

    private static readonly TimeSpan LinkPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly int _socket;
    private readonly string _device;
    private readonly int _frameLength;
    private readonly byte* _frames;
    private readonly Libc.Part* _parts;
    private readonly Libc.MessageOfMany* _messages;

    private PacketSocket(int socket, string device, int frameLength)
    {
        _socket = socket;
        _device = device;
        _frameLength = frameLength;
        _frames = (byte*)NativeMemory.AllocZeroed(BatchSize, (nuint)frameLength);
        _parts = (Libc.Part*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(Libc.Part));
        _messages = (Libc.MessageOfMany*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(Libc.MessageOfMany));
        for (var i = 0; i < BatchSize; i++)
        {
            _parts[i] = new Libc.Part { Start = _frames + (i * frameLength), Length = (nuint)frameLength };
            _messages[i] = new Libc.MessageOfMany { Parts = _parts + i, PartCount = 1 };
        }
    }

    /// <summary>The device's own address.</summary>
    public byte[] HardwareAddress { get; private init; } = [];

    /// <summary>Opens the device, for frames of <paramref name="frameLength"/> bytes without frame check sequence.</summary>
    /// <exception cref="CommandFailedException">It cannot be opened.</exception>
    public static PacketSocket Open(string device, int frameLength)
    {
        // Protocol 0: it sends, and receives nothing.
        var socket = Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockCloseOnExec, 0);
        if (socket < 0)
        {
            throw new CommandFailedException($"{device}: cannot send frames: {LastError()}; this process needs CAP_NET_RAW");
        }

        try
        {
            var request = Request(device);
            if (Libc.Ioctl(socket, Libc.GetInterfaceIndex, ref request) != 0)
            {
                throw new CommandFailedException(
                    $"{device}: {LastError()}; see \"ip link\" in the same network namespace for the devices there are");
            }

            var address = new Libc.LinkLayerAddress { Family = Libc.AfPacket, InterfaceIndex = request.Index };
            if (Libc.Bind(socket, address, (uint)sizeof(Libc.LinkLayerAddress)) != 0)
            {
                throw new CommandFailedException($"{device}: cannot send on it: {LastError()}");
            }

            request = Request(device);
            if (Libc.Ioctl(socket, Libc.GetInterfaceHardwareAddress, ref request) != 0)
            {
                throw new CommandFailedException($"{device}: has no hardware address: {LastError()}");
            }

            var hardwareAddress = new ReadOnlySpan<byte>(request.HardwareAddress, 6).ToArray();
            return new PacketSocket(socket, device, frameLength) { HardwareAddress = hardwareAddress };
        }
        catch
        {
            _ = Libc.Close(socket);
            throw;
        }
    }

    /// <summary>Frame <paramref name="index"/> of the batch, to be filled before <see cref="Send"/>.</summary>
    public Span<byte> Frame(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)BatchSize);
        return new(_frames + (index * _frameLength), _frameLength);
    }

    /// <summary>
    /// Sends frames of the batch. Returns how many the kernel took; less than <paramref name="count"/> when it refused the one
    /// after them for want of room.
    /// </summary>
    /// <exception cref="CommandFailedException">The device is down or gone, or its MTU too small.</exception>
    public int Send(int first, int count)
    {
        while (true)
        {
            var taken = Libc.SendMessages(_socket, _messages + first, (uint)count, 0);
            if (taken >= 0)
            {
                return taken;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.NoBufferSpace)
            {
                return 0;
            }

            if (error == Libc.MessageTooLong)
            {
                throw new CommandFailedException(
                    $"{_device}: a frame of {_frameLength + FrameTemplate.FrameCheckSequence} bytes does not fit its MTU; "
                    + "raise the mtu of the virtual wire, or lower traffic.frameSize");
            }

            if (error != Libc.Interrupted)
            {
                throw new CommandFailedException(
                    $"{_device}: sending failed: {LastError()}; check that the device and its peer are there and up");
            }
        }
    }

    /// <summary>Waits until the device has a link.</summary>
    /// <exception cref="CommandFailedException">It has none after <paramref name="patience"/>.</exception>
    public void WaitForLink(TimeSpan patience, TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var request = Request(_device);
            if (Libc.Ioctl(_socket, Libc.GetInterfaceFlags, ref request) != 0)
            {
                throw new CommandFailedException($"{_device}: {LastError()}; the device went away");
            }

            const short wanted = Libc.InterfaceUp | Libc.InterfaceRunning;
            if ((request.Flags & wanted) == wanted)
            {
                return;
            }

            if (time.GetElapsedTime(start) > patience)
            {
                var problem = (request.Flags & Libc.InterfaceUp) == 0 ? "it is down" : "it has no carrier";
                throw new CommandFailedException(
                    $"{_device}: no link after {patience.TotalSeconds:0} s: {problem}; set it and its peer up");
            }

            MonotonicClock.SleepUntil(MonotonicClock.NowNs + (LinkPollInterval.Ticks * 100));
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_socket);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_parts);
        NativeMemory.Free(_frames);
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static Libc.InterfaceRequest Request(string device)
    {
        var request = default(Libc.InterfaceRequest);
        // 15 characters at most, by the option's pattern: the 16th byte stays 0.
        Encoding.ASCII.GetBytes(device, new Span<byte>(request.Name, 15));
        return request;
    }
}
