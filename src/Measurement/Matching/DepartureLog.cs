namespace Latlab.Measurement.Matching;

/// <summary>
/// The departures of the last windows by position, in blocks: it grows without copying, and what is forgotten is used again. Positions count
/// departures from 0.
/// </summary>
internal sealed class DepartureLog
{
    private readonly Stack<DepartureBlock> _free = new();
    private DepartureBlock[] _blocks = new DepartureBlock[16];
    private int _blockCount;

    /// <summary>Block number of the first block that is kept.</summary>
    private long _firstBlock;

    /// <summary>Position of the next departure.</summary>
    public long Head { get; private set; }

    /// <summary>Position of the first departure that is kept.</summary>
    public long Tail => _firstBlock << DepartureBlock.Bits;

    /// <summary>The block that the next departure goes to; <see cref="Add"/> has to follow.</summary>
    public DepartureBlock HeadBlock { get; private set; } = new();

    /// <summary>The block of a position that is kept.</summary>
    public DepartureBlock BlockOf(long position) => _blocks[(int)((position >> DepartureBlock.Bits) - _firstBlock)];

    /// <summary>Adds a departure.</summary>
    public void Add(in PacketRecord record)
    {
        var slot = (int)Head & DepartureBlock.Mask;
        if (slot == 0)
        {
            StartBlock();
        }

        var block = HeadBlock;
        block.Keys[slot] = record.Key;
        block.Checks[slot] = record.Check;
        block.SentNs[slot] = record.TimeNs;
        block.Flows[slot] = record.Flow;
        block.WireLengths[slot] = record.WireLength;
        block.States[slot] = DepartureState.InFlight;
        Head++;
    }

    /// <summary>Forgets the first block if all of it departed before <paramref name="timeNs"/> and lies before <paramref name="position"/>.</summary>
    public bool TryForgetBlock(long position, long timeNs)
    {
        if (_blockCount < 2 || position < (_firstBlock + 1) << DepartureBlock.Bits || _blocks[0].SentNs[DepartureBlock.Mask] >= timeNs)
        {
            return false;
        }

        _free.Push(_blocks[0]);
        _blocks.AsSpan(1, _blockCount - 1).CopyTo(_blocks);
        _blockCount--;
        _firstBlock++;
        return true;
    }

    private void StartBlock()
    {
        if (_blockCount == _blocks.Length)
        {
            Array.Resize(ref _blocks, _blocks.Length * 2);
        }

        HeadBlock = _free.TryPop(out var block) ? block : new DepartureBlock();
        _blocks[_blockCount++] = HeadBlock;
    }
}
