using System.Runtime.InteropServices;

namespace Latlab.Cli.Native;

/// <summary>Which file a path leads to, whatever links it goes through, without opening it: opening a FIFO waits for its writer.</summary>
internal static unsafe partial class FileIdentity
{
    private const int CurrentDirectory = -100;
    private const uint TypeAndInode = 0x1 | 0x100;
    private const int FileType = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Device and inode of a file; null when there is none, or it cannot be looked at.</summary>
    public static (uint Major, uint Minor, ulong Inode)? Of(string path) => Look(path) is { } found ? (found.DeviceMajor, found.DeviceMinor, found.Inode) : null;

    /// <summary>Whether it is there and no regular file: a FIFO, a socket, a device, a folder.</summary>
    public static bool IsSpecial(string path) => Look(path) is { } found && (found.Mode & FileType) != RegularFile;

    private static Status? Look(string path)
    {
        var found = default(Status);
        return StatX(CurrentDirectory, path, 0, TypeAndInode, &found) == 0 ? found : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Status* status);

    /// <summary>struct statx of linux/stat.h, the same on all architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
