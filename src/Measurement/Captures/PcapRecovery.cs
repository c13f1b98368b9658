namespace Latlab.Measurement.Captures;

/// <summary>
/// Where a pcap file's records go on behind what is no record. Frames do not look like chains of records, nor does garbage.
/// </summary>
/// <param name="bytes">The file.</param>
/// <param name="facts">Where what is skipped is noted.</param>
/// <param name="swapped">Whether the file has the other byte order.</param>
/// <param name="unitsPerSecond">What the fractions of stamps count.</param>
internal sealed class PcapRecovery(ByteSource bytes, CaptureFacts facts, bool swapped, uint unitsPerSecond)
{
    /// <summary>Far from every second that a record can have.</summary>
    public const long NoSecond = long.MinValue / 2;

    /// <summary>Whether behind the first record in the buffer, which is whole, there is another, or the end of the file.</summary>
    public bool IsFollowed(in PcapRecordHeader header)
    {
        var next = PcapRecordHeader.Size + (int)header.Length;
        return bytes.Ensure(next + PcapRecordHeader.Size)
            ? HeaderAt(next).IsPossible(unitsPerSecond)
            : bytes.Available.Length == next;
    }

    /// <summary>
    /// Takes all before the next place where a chain of records starts, and notes it. False when there is none: nothing is left then.
    /// </summary>
    /// <param name="isCut">Whether a record starts here whose end the file does not have.</param>
    /// <param name="believesDoubtful">Whether records of this file are known to say <see cref="PcapRecordHeader.IsDoubtful"/>
    /// lengths.</param>
    /// <param name="lastSecond">When the last frame came, or <see cref="NoSecond"/>; then when the next one did.</param>
    public bool Skip(bool isCut, bool believesDoubtful, ref long lastSecond)
    {
        var from = bytes.Offset;
        var zeros = bytes.Available[0] == 0;
        while (bytes.Ensure(PcapRecordHeader.Size + 1))
        {
            // The buffer may move at each look at what follows.
            for (var at = 1; at + PcapRecordHeader.Size <= bytes.Available.Length; at++)
            {
                zeros &= bytes.Available[at] == 0;
                var header = HeaderAt(at);
                if (IsSound(header, believesDoubtful) && StartsChain(header, at, believesDoubtful, lastSecond))
                {
                    bytes.Take(at);
                    lastSecond = header.Second;
                    facts.Add(from, $"garbage: {bytes.Offset - from} bytes that are no records were skipped");
                    return true;
                }
            }

            // What is left was looked at as the last place.
            bytes.Take(bytes.Available.Length - PcapRecordHeader.Size);
        }

        var rest = bytes.Offset + bytes.Available.Length - from;
        bytes.Take(bytes.Available.Length);
        facts.Add(from, zeros ? $"the last {rest} bytes are zeros: the file was never finished"
            : isCut ? $"the file ends within a record: its last {rest} bytes are no whole one"
            : $"garbage: the last {rest} bytes are no records");
        return false;
    }

    /// <summary>
    /// Whether a record at <paramref name="at"/> of the buffer is one of the capture: near in time to what came before the garbage and with
    /// one that is near to it behind it, or with several such ones; or near, and the file's last.
    /// </summary>
    private bool StartsChain(PcapRecordHeader header, int at, bool believesDoubtful, long lastSecond)
    {
        const int linksWhenFar = 3;
        var isNear = lastSecond == NoSecond || header.IsNear(lastSecond);
        for (var links = isNear ? 1 : linksWhenFar; links > 0; links--)
        {
            at += PcapRecordHeader.Size + (int)header.Length;
            if (!bytes.Ensure(at + PcapRecordHeader.Size))
            {
                return isNear && bytes.Available.Length == at;
            }

            var next = HeaderAt(at);
            if (!IsSound(next, believesDoubtful) || !next.IsNear(header.Second))
            {
                return false;
            }

            header = next;
        }

        return true;
    }

    private bool IsSound(in PcapRecordHeader header, bool believesDoubtful) =>
        header.IsPossible(unitsPerSecond) && (!header.IsDoubtful || believesDoubtful);

    private PcapRecordHeader HeaderAt(int at) => PcapRecordHeader.Of(bytes.Available[at..], swapped);
}
