namespace Latlab.Measurement.Matching;

/// <summary>
/// The departures of the last windows by position, in blocks: it grows without copying, and what is forgotten is used again. Positions
/// count departures from 0.
/// </summary>
internal sealed class DepartureLog : Turns.IReceiver
{
    private readonly LargeMemory _memory = new(DepartureBlock.Size);
    private readonly Stack<DepartureBlock> _free = new();
    private DepartureBlock[] _blocks = new DepartureBlock[16];
    private int _blockCount;

    /// <summary>Block number of the first block that is kept.</summary>
    private long _firstBlock;

    /// <summary>Position of the next departure.</summary>
    public long Head { get; private set; }

    /// <summary>Position of the first departure that is kept.</summary>
    public long Tail => _firstBlock << DepartureBlock.Bits;

    /// <summary>The block of a position that is kept.</summary>
    public DepartureBlock BlockOf(long position) => _blocks[(int)((position >> DepartureBlock.Bits) - _firstBlock)];

    /// <summary>The block of a position that is kept, and its index there.</summary>
    public (DepartureBlock Block, int Slot) At(long position) => (BlockOf(position), (int)position & DepartureBlock.Mask);

    public void Add(in PacketBatch packets, ReadOnlySpan<long> turns)
    {
        for (var start = 0; start < packets.Count;)
        {
            var slot = (int)Head & DepartureBlock.Mask;
            if (slot == 0)
            {
                StartBlock();
            }

            var count = Math.Min(packets.Count - start, DepartureBlock.Length - slot);
            Fill(_blocks[_blockCount - 1], slot, packets.Slice(start, count), turns.Slice(start, count));
            Head += count;
            start += count;
        }
    }

    /// <summary>
    /// Forgets the first block if all of it lies before <paramref name="position"/> and had its turn before <paramref name="timeNs"/>.
    /// </summary>
    public bool TryForgetBlock(long position, long timeNs)
    {
        if (_blockCount < 2 || position < (_firstBlock + 1) << DepartureBlock.Bits || _blocks[0].TurnNs[DepartureBlock.Mask] >= timeNs)
        {
            return false;
        }

        _free.Push(_blocks[0]);
        _blocks.AsSpan(1, _blockCount - 1).CopyTo(_blocks);
        _blockCount--;
        _firstBlock++;
        return true;
    }

    private static void Fill(DepartureBlock block, int slot, in PacketBatch packets, ReadOnlySpan<long> turns)
    {
        packets.Keys.CopyTo(block.Keys[slot..]);
        packets.Checks.CopyTo(block.Checks[slot..]);
        packets.TimesNs.CopyTo(block.SentNs[slot..]);
        turns.CopyTo(block.TurnNs[slot..]);
        packets.Flows.CopyTo(block.Flows[slot..]);
        packets.WireLengths.CopyTo(block.WireLengths[slot..]);
    }

    private void StartBlock()
    {
        if (_blockCount == _blocks.Length)
        {
            Array.Resize(ref _blocks, _blocks.Length * 2);
        }

        if (_free.TryPop(out var block))
        {
            block.Reset();
        }

        _blocks[_blockCount++] = block ?? new DepartureBlock(_memory);
    }
}
