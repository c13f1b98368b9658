namespace Latlab.Measurement.Captures;

/// <summary>What is known of a capture. Mutable while it is read; not thread-safe.</summary>
public sealed class CaptureFacts
{
    /// <summary>File, device, or <c>-</c> for standard input.</summary>
    public required string Name { get; init; }

    /// <summary><c>pcap</c>, <c>pcapng</c>, <c>mscap</c>, <c>latlab</c> or <c>live</c>, with the compression: <c>pcap+zstd</c>.</summary>
    public string Format { get; set; } = "";

    /// <summary>
    /// Nanoseconds of one unit of the stamps: 1, 1000, or what pcapng's <c>if_tsresol</c> says, 1 if finer; 0 if unknown.
    /// </summary>
    public long ResolutionNs { get; set; }

    /// <summary>Most bytes that the capture keeps of a frame, as its header says; 0 if it says nothing.</summary>
    public int SnapLength { get; set; }

    /// <summary>Frames, those that cannot be parsed included.</summary>
    public long Packets { get; set; }

    /// <summary>Frames that the chosen identity cannot know a packet by: too short, of another kind, or cut by the capture.</summary>
    public long Unparsable { get; set; }

    /// <summary>Stamp of the last frame that was read, whether or not its packet can be known; null if there was none, or if only packets are kept.</summary>
    public long? LastFrameNs { get; set; }

    /// <summary>
    /// Byte offset in the (uncompressed) file of the first record whose stamp is more than 1 ms before that of the packet in front of it; null
    /// when there is none, or no file of such records.
    /// </summary>
    public long? FirstStepBackOffset
    {
        get => _firstStepBackOffset < 0 ? null : _firstStepBackOffset;
        set => _firstStepBackOffset = value ?? -1;
    }

    /// <summary>Bytes of the (uncompressed) file that were read.</summary>
    public long Bytes { get; set; }

    /// <summary>Size in bytes, for progress; 0 if unknown (a pipe, a file that grows).</summary>
    public long TotalBytes { get; set; }

    /// <summary>
    /// Frames that the capture itself missed, as it says (pcapng's interface statistics, live drops); null when it says nothing.
    /// </summary>
    public long? Drops { get; set; }

    /// <summary>Times that a 32-bit stamp was taken to have wrapped, when that was asked for.</summary>
    public long WrapsRepaired { get; set; }

    /// <summary>Times that a stamp fell as a 32-bit one does that wraps, where repairing them was not asked for.</summary>
    public long WrapsSeen { get; set; }

    /// <summary>
    /// What stands between the captured frames and the truth, with byte offsets; at most <see cref="MostProblems"/> are kept.
    /// </summary>
    public IReadOnlyList<CaptureProblem> Problems => _problems;

    /// <summary>Number of problems, those not kept included.</summary>
    public long ProblemCount { get; private set; }

    /// <summary>How many problems are kept.</summary>
    public const int MostProblems = 20;

    private readonly List<CaptureProblem> _problems = [];

    /// <summary>One word: an analysis that is cut short looks at it while the capture is still being read ahead.</summary>
    private long _firstStepBackOffset = -1;

    /// <summary>Notes a problem.</summary>
    /// <param name="offset">Byte offset in the (uncompressed) file at which it starts.</param>
    /// <param name="message">What is wrong, and what was done about it.</param>
    public void Add(long offset, string message)
    {
        ProblemCount++;
        if (_problems.Count < MostProblems)
        {
            _problems.Add(new CaptureProblem(offset, message));
        }
    }
}

/// <summary>Something wrong in a capture file.</summary>
/// <param name="Offset">Byte offset in the (uncompressed) file at which it starts.</param>
/// <param name="Message">What is wrong, and what was done about it.</param>
public readonly record struct CaptureProblem(long Offset, string Message);
