using System.Runtime.Versioning;
using SharpPcap;
using SharpPcap.LibPcap;

namespace Latlab.Measurement.Live;

/// <summary>
/// Live capture on one network device at nanosecond resolution, both directions. Opened on one thread, then run by one; only
/// <see cref="StopAt"/> may be called from another.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class LiveTap : IDisposable
{
    /// <summary>The kernel hands over a block of packets when it is full or this old.</summary>
    private const int BlockTimeoutMs = 10;

    private const int PollTimeoutMs = 20;
    private const long NsPerSecond = 1_000_000_000;

    private readonly LibPcapLiveDevice _device;
    private readonly CaptureEnd _end;

    private LiveTap(LibPcapLiveDevice device, CaptureEnd end) => (_device, _end) = (device, end);

    /// <summary>Opens the capture. Packets are taken from now on.</summary>
    /// <param name="deviceName">Network device in the network namespace of this process.</param>
    /// <param name="filter">Expression of pcap-filter(7).</param>
    /// <param name="snapLength">Most bytes to keep of a frame.</param>
    /// <param name="kernelBufferBytes">Size of the kernel's ring.</param>
    /// <param name="clock">The clock that the kernel stamps with.</param>
    /// <param name="hardwareStamps">Stamps of the NIC's own clock instead of the kernel's.</param>
    /// <exception cref="CaptureException">It cannot be opened, or the device has no such stamps.</exception>
    public static LiveTap Open(string deviceName, string filter, int snapLength, int kernelBufferBytes, TimeProvider clock, bool hardwareStamps = false)
    {
        LibPcapLiveDevice? device = null;
        try
        {
            var known = PcapInterface.GetAllPcapInterfaces().FirstOrDefault(candidate => candidate.Name == deviceName)
                ?? throw new CaptureException(
                    $"{deviceName}: no such network device to capture on; see \"ip link\" in the same network namespace, "
                    + "and check that this process has CAP_NET_RAW");
            device = new LibPcapLiveDevice(known);
            if (hardwareStamps && !LibPcap.StampTypes(deviceName).Contains((int)TimestampType.AdapterUnsynced))
            {
                throw new CaptureException(
                    $"{deviceName}: it does not stamp packets in hardware, or its driver does not offer it for all packets; see \"ethtool -T {deviceName}\", and "
                    + "use kernel timestamps if those will do");
            }

            device.Open(new DeviceConfiguration
            {
                TimestampType = hardwareStamps ? TimestampType.AdapterUnsynced : null,
                Mode = DeviceModes.Promiscuous,
                TimestampResolution = TimestampResolution.Nanosecond,
                BufferSize = kernelBufferBytes,
                Snaplen = snapLength,
                ReadTimeout = BlockTimeoutMs,
            });
            device.Filter = filter;
            // Waiting is this class's: libpcap's own wait has no end on an idle device.
            device.NonBlockingMode = true;
            return new LiveTap(device, new CaptureEnd(clock, hardwareStamps));
        }
        catch (Exception exception) when (exception is PcapException or PlatformNotSupportedException or DllNotFoundException)
        {
            var reason = device is { Opened: true } ? $"{exception.Message} {device.LastError}" : exception.Message;
            device?.Dispose();
            throw new CaptureException(
                $"{deviceName}: cannot capture: {reason}; check that the device is up, that this process has CAP_NET_RAW, "
                + "and that libpcap is installed",
                exception);
        }
    }

    /// <summary>The kernel's counts.</summary>
    /// <exception cref="CaptureException">They cannot be had.</exception>
    public CaptureStatistics Statistics
    {
        get
        {
            if (LibPcap.GetStatistics(_device.Handle.DangerousGetHandle(), out var counts) != 0)
            {
                throw new CaptureException($"{_device.Name}: no capture statistics: {_device.LastError}");
            }

            return new CaptureStatistics(counts.Received, counts.Dropped, counts.DroppedByInterface);
        }
    }

    /// <summary>
    /// Makes <see cref="Run"/> return as soon as the capture is complete up to <paramref name="timeNs"/> of the machine's clock. Of several
    /// times the earliest counts.
    /// </summary>
    public void StopAt(long timeNs) => _end.StopAt(timeNs);

    /// <summary>
    /// Captures until the time set by <see cref="StopAt"/>. Frames that the kernel stamps with a later time are not delivered; of those that
    /// the NIC stamps, none that are read long after it.
    /// </summary>
    /// <param name="listener">Is told of each frame.</param>
    /// <exception cref="CaptureException">The device went away or down.</exception>
    public unsafe void Run(ITapListener listener)
    {
        var handle = _device.Handle.DangerousGetHandle();
        var poll = new LibPcap.PollDescriptor
        {
            Descriptor = LibPcap.GetSelectableDescriptor(handle),
            Events = LibPcap.PollIn,
        };
        while (true)
        {
            _end.BeforeRead();
            int result;
            while ((result = LibPcap.NextPacket(handle, out var packet, out var data)) == 1)
            {
                var stampNs = (packet->Seconds * NsPerSecond) + packet->Fraction;
                if (!_end.TryTake(stampNs))
                {
                    return;
                }

                listener.OnFrame(stampNs, new ReadOnlySpan<byte>(data, (int)packet->CapturedLength), (int)packet->OriginalLength);
            }

            if (result < 0)
            {
                throw new CaptureException(
                    $"{_device.Name}: the capture ended: {_device.LastError}; check that the device still exists and is up");
            }

            listener.OnIdle(_end.CompleteUntilNs);
            if (_end.IsReached())
            {
                return;
            }

            _ = LibPcap.Poll(ref poll, 1, PollTimeoutMs);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();
}
