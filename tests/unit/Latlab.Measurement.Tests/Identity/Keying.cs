using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Identity;

/// <summary>Keys single frames, by both paths.</summary>
internal static class Keying
{
    public static readonly string[] Presets = ["exact", "l2", "l3", "nat"];

    public static PacketRecord? Key(string rule, byte[] frame, int? wireLength = null, FlowTable? flows = null) =>
        Key(IdentityRule.Parse(rule), frame, wireLength, flows);

    /// <summary>The record, or null when the frame cannot be known. Both paths must say the same.</summary>
    public static PacketRecord? Key(IdentityRule rule, byte[] frame, int? wireLength = null, FlowTable? flows = null)
    {
        var keyer = new PacketKeyer(rule, flows);
        // Surrounded by other bytes, which must not count, and up to the very end of the buffer.
        byte[] bytes = [.. Enumerable.Repeat((byte)0xAA, 5), .. frame];
        var batch = new FrameBatch { Bytes = bytes, Count = 1 };
        batch.Room[0] = new Frame(123, 5, frame.Length, wireLength ?? frame.Length);
        var records = new PacketRecord[1];
        var count = keyer.Key(batch, records);
        Assert.Equal(1 - count, keyer.Unparsable);
        var fast = count == 1 ? records[0] : (PacketRecord?)null;
        if (rule.Preset != IdentityPreset.Generator)
        {
            var columns = new PacketColumns();
            columns.Count = keyer.KeyGenerally(batch, columns);
            var general = columns.Count == 1 ? columns.Packets[0] : (PacketRecord?)null;
            Assert.Equal(general, fast);
        }

        return fast;
    }

    /// <summary>
    /// The records of frames of one batch, stamped with their numbers; of frames of one length also as a batch that describes them at once.
    /// </summary>
    public static PacketRecord[] KeyTogether(string rule, byte[][] frames, bool even)
    {
        var batch = new FrameBatch { Bytes = [.. frames.SelectMany(frame => frame)], Count = frames.Length };
        var offset = 0;
        for (var i = 0; i < frames.Length; i++)
        {
            batch.Room[i] = new Frame(i, offset, frames[i].Length, frames[i].Length);
            offset += frames[i].Length;
        }

        if (even)
        {
            batch.SetEven(batch.Frames[0], frames[0].Length, frames.Length);
            for (var i = 0; i < frames.Length; i++)
            {
                batch.RoomForTimesNs[i] = i;
            }
        }

        var records = new PacketRecord[frames.Length];
        return records[..new PacketKeyer(IdentityRule.Parse(rule), null).Key(batch, records)];
    }

    public static void AssertSame(string rule, TestFrame before, TestFrame after) =>
        Assert.True(IsSame(rule, before.Build(), after.Build()), $"{rule} should know {before} as {after}");

    public static void AssertDifferent(string rule, TestFrame before, TestFrame after) =>
        Assert.False(IsSame(rule, before.Build(), after.Build()), $"{rule} should tell {before} from {after}");

    public static bool IsSame(string rule, byte[] before, byte[] after, int? wireLengthBefore = null, int? wireLengthAfter = null) =>
        Key(rule, before, wireLengthBefore) is { } first && Key(rule, after, wireLengthAfter) is { } second && first.IsSamePacket(second);
}
