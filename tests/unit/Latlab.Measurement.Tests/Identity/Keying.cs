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
            var general = keyer.KeyGenerally(batch, records) == 1 ? records[0] : (PacketRecord?)null;
            Assert.Equal(general, fast);
        }

        return fast;
    }

    public static void AssertSame(string rule, TestFrame before, TestFrame after) =>
        Assert.True(IsSame(rule, before.Build(), after.Build()), $"{rule} should know {before} as {after}");

    public static void AssertDifferent(string rule, TestFrame before, TestFrame after) =>
        Assert.False(IsSame(rule, before.Build(), after.Build()), $"{rule} should tell {before} from {after}");

    public static bool IsSame(string rule, byte[] before, byte[] after, int? wireLengthBefore = null, int? wireLengthAfter = null) =>
        Key(rule, before, wireLengthBefore) is { } first && Key(rule, after, wireLengthAfter) is { } second && first.IsSamePacket(second);
}
