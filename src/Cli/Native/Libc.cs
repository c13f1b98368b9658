using System.Runtime.InteropServices;

namespace Latlab.Cli.Native;

/// <summary>Calls of the C library that .NET has no counterpart for. Constants are those of Linux on x86-64 and arm64.</summary>
internal static unsafe partial class Libc
{
    public const int AfPacket = 17;
    public const int SockRaw = 3;
    public const int SockCloseOnExec = 0x80000;

    public const ulong GetInterfaceFlags = 0x8913;
    public const ulong GetInterfaceHardwareAddress = 0x8927;
    public const ulong GetInterfaceIndex = 0x8933;
    public const short InterfaceUp = 0x1;
    public const short InterfaceRunning = 0x40;

    public const int ClockMonotonic = 1;
    public const int TimerAbsolute = 1;
    public const int SetTimerSlack = 29;

    public const int SignalSetMask = 2;
    public const int HighestSignal = 64;

    public const int Interrupted = 4;
    public const int NoSuchDevice = 19;
    public const int MessageTooLong = 90;
    public const int NoBufferSpace = 105;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, in LinkLayerAddress address, uint length);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int descriptor, ulong request, ref InterfaceRequest argument);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int socket, MessageOfMany* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "clock_nanosleep")]
    public static partial int SleepUntil(int clock, int flags, in TimeSpecification time, nint remaining);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int operation, ulong argument2, ulong argument3, ulong argument4, ulong argument5);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* descriptors, int flags);

    [LibraryImport(Library, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int descriptor, int target);

    [LibraryImport(Library, EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetSignalHandler(int signal, nint handler);

    [LibraryImport(Library, EntryPoint = "pthread_sigmask")]
    public static partial int SetSignalMask(int how, ulong* set, ulong* old);

    [LibraryImport(Library, EntryPoint = "execve", SetLastError = true)]
    public static partial int Execute(byte* path, byte** arguments, byte** environment);

    /// <summary><c>struct sockaddr_ll</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinkLayerAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int InterfaceIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    /// <summary><c>struct ifreq</c>: a name and a union.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    public struct InterfaceRequest
    {
        [FieldOffset(0)]
        public fixed byte Name[16];

        [FieldOffset(16)]
        public int Index;

        [FieldOffset(16)]
        public short Flags;

        /// <summary>The bytes of a <c>struct sockaddr</c> after its family.</summary>
        [FieldOffset(18)]
        public fixed byte HardwareAddress[6];
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Part
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct mmsghdr</c>, 64-bit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageOfMany
    {
        public nint Name;
        public ulong NameLength;
        public Part* Parts;
        public nuint PartCount;
        public nint Control;
        public nuint ControlLength;
        public long Flags;
        public ulong SentLength;
    }

    /// <summary><c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
