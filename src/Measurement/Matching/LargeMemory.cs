using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Memory for what a window of a fast line holds, in pieces of one size. The kernel is asked for huge pages
/// (Documentation/admin-guide/mm/transhuge): a page fault for each 4 KiB, and a walk through page tables for each look-up, are a good part
/// of an analysis otherwise, most of all in a virtual machine. Where there are none, it is memory like any other. Managed, and not cleared.
/// </summary>
internal sealed partial class LargeMemory
{
    /// <summary>Bytes of a huge page of x86-64, and of arm64 with pages of 4 KiB.</summary>
    private const int HugePage = 2 << 20;

    /// <summary>Bytes that are asked for together: three huge pages, and what it takes to start at one.</summary>
    private const int Slab = 4 * HugePage;

    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of <asm-generic/mman-common.h>

    private readonly int _pieceSize;
    private bool _started;
    private byte[] _slab = [];
    private int _used;
    private int _end;

    /// <param name="pieceSize">Bytes of a piece: a multiple of 64, and at most three huge pages.</param>
    public LargeMemory(int pieceSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pieceSize, Slab - HugePage);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pieceSize % 64, 0);
        _pieceSize = pieceSize;
    }

    /// <summary>A piece that nobody else has: an array that stays where it is, and where in it the piece starts.</summary>
    public (byte[] Bytes, int Start) Take()
    {
        if (!_started)
        {
            // Small captures need no more.
            _started = true;
            return (GC.AllocateUninitializedArray<byte>(_pieceSize, pinned: true), 0);
        }

        if (_end - _used < _pieceSize)
        {
            AllocateSlab();
        }

        var start = _used;
        _used += _pieceSize;
        return (_slab, start);
    }

    /// <summary>An array of zeros that stays where it is, of huge pages where it has whole ones.</summary>
    public static uint[] Zeros(int length)
    {
        var array = GC.AllocateUninitializedArray<uint>(length, pinned: true);
        _ = WishHugePages(MemoryMarshal.AsBytes(array.AsSpan()));
        array.AsSpan().Clear();
        return array;
    }

    private void AllocateSlab()
    {
        _slab = GC.AllocateUninitializedArray<byte>(Slab, pinned: true);
        (_used, _end) = WishHugePages(_slab);
    }

    /// <summary>Where in memory that does not move the first whole huge page starts, and where the last one ends.</summary>
    private static unsafe (int Start, int End) WishHugePages(Span<byte> pinned)
    {
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
        var start = (int)(HugePage - (address % HugePage)) % HugePage;
        var end = start + (Math.Max(0, pinned.Length - start) / HugePage * HugePage);
        if (end > start && OperatingSystem.IsLinux())
        {
            // What it answers does not matter: it is a wish.
            _ = Advise((void*)(address + (uint)start), (nuint)(end - start), AdviseHugePages);
        }

        return (start, end);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int Advise(void* address, nuint length, int advice);
}
