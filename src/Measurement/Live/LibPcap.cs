using System.Runtime.InteropServices;

namespace Latlab.Measurement.Live;

/// <summary>What SharpPcap does not offer of libpcap and of poll(2).</summary>
internal static partial class LibPcap
{
    public const short PollIn = 1;

    private const string Library = "libpcap.so.0.8";

    /// <summary>
    /// Capture statistics. SharpPcap 6.3.1 reads <c>struct pcap_stat</c> with fields of pointer size where libpcap has 32-bit ones, and so
    /// reports <c>ps_ifdrop</c> as the drops of the capture: on 64-bit Linux its count stays 0 whatever was dropped.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "pcap_stats")]
    public static partial int GetStatistics(nint handle, out Statistics statistics);

    /// <summary>
    /// The kinds of stamps that a device has (<c>PCAP_TSTAMP_*</c>); empty when it has but one. SharpPcap asks only once a device is open,
    /// when it is too late to choose.
    /// </summary>
    public static unsafe int[] StampTypes(string device)
    {
        var errors = stackalloc byte[256];
        var handle = Create(device, errors);
        if (handle == 0)
        {
            return [];
        }

        try
        {
            int* types = null;
            var count = ListStampTypes(handle, &types);
            var list = count <= 0 ? [] : new ReadOnlySpan<int>(types, count).ToArray();
            FreeStampTypes(types);
            return list;
        }
        finally
        {
            Close(handle);
        }
    }

    [LibraryImport(Library, EntryPoint = "pcap_create", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint Create(string device, byte* errors);

    [LibraryImport(Library, EntryPoint = "pcap_list_tstamp_types")]
    private static unsafe partial int ListStampTypes(nint handle, int** types);

    [LibraryImport(Library, EntryPoint = "pcap_free_tstamp_types")]
    private static unsafe partial void FreeStampTypes(int* types);

    [LibraryImport(Library, EntryPoint = "pcap_close")]
    private static partial void Close(nint handle);

    /// <summary>
    /// The next packet that the kernel has handed over: 1; 0 when there is none. SharpPcap's way counts references to its handle for each
    /// packet, which took longer than libpcap itself.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "pcap_next_ex")]
    public static unsafe partial int NextPacket(nint handle, out PacketHeader* header, out byte* data);

    [LibraryImport(Library, EntryPoint = "pcap_get_selectable_fd")]
    public static partial int GetSelectableDescriptor(nint handle);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollDescriptor descriptor, ulong count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    public struct Statistics
    {
        public uint Received;
        public uint Dropped;
        public uint DroppedByInterface;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary><c>struct pcap_pkthdr</c>; with nanosecond resolution the fraction is in nanoseconds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PacketHeader
    {
        public nint Seconds;
        public nint Fraction;
        public uint CapturedLength;
        public uint OriginalLength;
    }
}
