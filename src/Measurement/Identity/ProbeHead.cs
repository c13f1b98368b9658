using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Identity;

/// <summary>The first frames of a capture, and what can be said from them alone.</summary>
internal sealed class ProbeHead
{
    /// <summary>Most frames.</summary>
    public const int Size = 8192;

    private const int LongestIp = 65_535;

    /// <summary>Share of frames with the generator's header from which on the others do not matter.</summary>
    private const double NearlyAll = 0.9;

    private readonly List<FrameBatch> _batches = [];

    /// <summary>Reads the first frames of <paramref name="source"/>.</summary>
    public ProbeHead(IFrameSource source)
    {
        var batch = new FrameBatch();
        while (Count < Size && source.Read(batch))
        {
            var copy = new FrameBatchCopy(batch, Math.Min(batch.Count, Size - Count)).Batch;
            _batches.Add(copy);
            Count += copy.Count;
        }

        Name = source.Facts.Name;
        Look(source.Facts.SnapLength);
    }

    public string Name { get; }

    public int Count { get; private set; }

    public IReadOnlyList<FrameBatch> Batches => _batches;

    public long FirstNs => _batches[0].Frames[0].TimeNs;

    /// <summary>Frames with the generator's header, whatever they are for.</summary>
    public int OfGenerator { get; private set; }

    /// <summary>Whether nearly all have it.</summary>
    public bool IsOfGenerator => OfGenerator >= NearlyAll * Count;

    /// <summary>Bytes from the IP header on that the capture keeps of frames that it cuts; 0 when it cuts none.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether both have the same frames at the same times.</summary>
    public bool IsSameAs(ProbeHead other) => Count == other.Count && Frames().Zip(other.Frames()).All(pair =>
        pair.First.Frame.TimeNs == pair.Second.Frame.TimeNs
        && pair.First.Batch.BytesOf(pair.First.Frame).SequenceEqual(pair.Second.Batch.BytesOf(pair.Second.Frame)));

    private IEnumerable<(FrameBatch Batch, Frame Frame)> Frames() =>
        _batches.SelectMany(batch => batch.Frames.ToArray().Select(frame => (batch, frame)));

    private void Look(int snapLength)
    {
        var fewestKept = int.MaxValue;
        var lastL3 = FrameParser.EthernetHeader;
        foreach (var (batch, frame) in Frames())
        {
            var bytes = batch.BytesOf(frame);
            OfGenerator += GeneratorFrame.TryRead(bytes, out _) ? 1 : 0;
            if (!FrameParser.TryParse(bytes, frame.WireLength, out var layout))
            {
                continue;
            }

            lastL3 = Math.Max(lastL3, layout.L3);
            // An IP length that is a lie is not a cut frame: the capture must say that it cut it, too.
            if (frame.Length < frame.WireLength && layout.End > frame.Length && frame.Length > layout.L3)
            {
                fewestKept = Math.Min(fewestKept, frame.Length - layout.L3);
            }
        }

        Depth = fewestKept != int.MaxValue ? fewestKept
            : snapLength > lastL3 && snapLength < LongestIp ? snapLength - lastL3
            : 0;
    }
}
