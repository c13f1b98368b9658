using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>Turns frames into records by a rule. Both taps need the same rule, and one of these each. Not thread-safe.</summary>
/// <param name="rule">How packets are known.</param>
/// <param name="flows">Where flows get their index; null for index 0, which is enough for the capture after the device.</param>
public sealed class PacketKeyer(IdentityRule rule, FlowTable? flows)
{
    private readonly GeneralKeyer _general = new(rule, flows);

    private readonly GeneratorKeyer _generator = new(rule.RunId, flows);

    /// <summary>For those who want rows.</summary>
    private PacketColumns? _columns;

    /// <summary>How packets are known.</summary>
    public IdentityRule Rule => rule;

    /// <summary>Frames so far that the rule cannot know.</summary>
    public long Unparsable { get; private set; }

    /// <summary>
    /// Keys the frames of a batch and returns the number of records, one for each that the rule can know, in the same order.
    /// </summary>
    /// <param name="batch">Frames.</param>
    /// <param name="records">Room for as many as the batch has frames.</param>
    /// <exception cref="ArgumentException"><paramref name="records"/> is too short.</exception>
    public int Key(FrameBatch batch, Span<PacketRecord> records)
    {
        if (records.Length < batch.Count)
        {
            throw new ArgumentException($"{records.Length} records for {batch.Count} frames", nameof(records));
        }

        _columns ??= new PacketColumns();
        Key(batch, _columns);
        _columns.Packets.CopyTo(records);
        return _columns.Count;
    }

    /// <summary>Keys the frames of a batch: <paramref name="columns"/> then hold those that the rule can know, in the same order.</summary>
    internal void Key(FrameBatch batch, PacketColumns columns)
    {
        columns.Count = rule.Preset switch
        {
            IdentityPreset.Generator => _generator.Key(batch, columns),
            IdentityPreset.Exact => FastKeyer<ExactCover>.Key(batch, columns, _general, flows, rule.Depth),
            IdentityPreset.L2 => FastKeyer<L2Cover>.Key(batch, columns, _general, flows, rule.Depth),
            IdentityPreset.L3 => FastKeyer<L3Cover>.Key(batch, columns, _general, flows, rule.Depth),
            IdentityPreset.Nat => FastKeyer<NatCover>.Key(batch, columns, _general, flows, rule.Depth),
            _ => KeyGenerally(batch, columns),
        };
        Unparsable += batch.Count - columns.Count;
    }

    /// <summary>The slow path for every frame: for ranges of bytes, and what tests compare the fast path with.</summary>
    internal int KeyGenerally(FrameBatch batch, PacketColumns columns)
    {
        var count = 0;
        foreach (ref readonly var frame in batch.Frames)
        {
            if (_general.TryKey(batch.BytesOf(frame), frame, out var record))
            {
                columns.Set(count++, record);
            }
        }

        return count;
    }
}
