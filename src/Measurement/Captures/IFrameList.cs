namespace Latlab.Measurement.Captures;

/// <summary>Frames by number. What goes through frames is compiled for each way in which a batch describes them.</summary>
internal interface IFrameList
{
    public Frame this[int index] { get; }
}

/// <summary>Frames that are described one by one.</summary>
internal readonly struct ListedFrames(Frame[] frames) : IFrameList
{
    public Frame this[int index] => frames[index];
}

/// <summary>Frames of one length at one distance from each other, as a capture of one size of packet has.</summary>
/// <param name="timesNs">Their stamps.</param>
/// <param name="first">The first one, but for its stamp.</param>
/// <param name="distance">From the start of one to that of the next.</param>
internal readonly struct EvenFrames(long[] timesNs, Frame first, int distance) : IFrameList
{
    public Frame this[int index] => new(timesNs[index], first.Offset + (index * distance), first.Length, first.WireLength);
}
