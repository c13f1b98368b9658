using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>Turns frames into records by a rule. Both taps need the same rule, and one of these each. Not thread-safe.</summary>
/// <param name="rule">How packets are known.</param>
/// <param name="flows">Where flows get their index; null for index 0, which is enough for the capture after the device.</param>
public sealed class PacketKeyer(IdentityRule rule, FlowTable? flows)
{
    private readonly GeneralKeyer _general = new(rule, flows);

    /// <summary>How packets are known.</summary>
    public IdentityRule Rule => rule;

    /// <summary>Frames so far that the rule cannot know.</summary>
    public long Unparsable { get; private set; }

    /// <summary>Keys the frames of a batch and returns the number of records, one for each that the rule can know, in the same order.</summary>
    /// <param name="batch">Frames.</param>
    /// <param name="records">Room for as many as the batch has frames.</param>
    /// <exception cref="ArgumentException"><paramref name="records"/> is too short.</exception>
    public int Key(FrameBatch batch, Span<PacketRecord> records)
    {
        if (records.Length < batch.Count)
        {
            throw new ArgumentException($"{records.Length} records for {batch.Count} frames", nameof(records));
        }

        var count = rule.Preset switch
        {
            IdentityPreset.Generator => GeneratorKeyer.Key(batch, records, rule.RunId, flows),
            IdentityPreset.Exact => FastKeyer<ExactCover>.Key(batch, records, _general, flows, rule.Depth),
            IdentityPreset.L2 => FastKeyer<L2Cover>.Key(batch, records, _general, flows, rule.Depth),
            IdentityPreset.L3 => FastKeyer<L3Cover>.Key(batch, records, _general, flows, rule.Depth),
            IdentityPreset.Nat => FastKeyer<NatCover>.Key(batch, records, _general, flows, rule.Depth),
            _ => KeyGenerally(batch, records),
        };
        Unparsable += batch.Count - count;
        return count;
    }

    /// <summary>The slow path for every frame: for ranges of bytes, and what tests compare the fast path with.</summary>
    internal int KeyGenerally(FrameBatch batch, Span<PacketRecord> records)
    {
        var count = 0;
        foreach (ref readonly var frame in batch.Frames)
        {
            if (_general.TryKey(batch.BytesOf(frame), frame, out records[count]))
            {
                count++;
            }
        }

        return count;
    }
}
