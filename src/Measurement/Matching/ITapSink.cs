namespace Latlab.Measurement.Matching;

/// <summary>Takes the records of two taps as they come.</summary>
public interface ITapSink
{
    /// <summary>Records of <paramref name="tap"/> that wait for the other tap to catch up.</summary>
    public long Waiting(Tap tap);

    /// <summary>Adds what <paramref name="tap"/> saw next. May change the records.</summary>
    public void Add(Tap tap, Span<PacketRecord> records);

    /// <summary><paramref name="tap"/> has nothing more from before <paramref name="timeNs"/>.</summary>
    public void Advance(Tap tap, long timeNs);
}
