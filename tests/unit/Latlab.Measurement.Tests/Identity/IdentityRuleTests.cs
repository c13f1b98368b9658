using CsCheck;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

public sealed class IdentityRuleTests
{
    private static readonly Gen<MaskRange> Ranges = Gen.Select(Gen.Enum<MaskLayer>(), Gen.Int[0, 65_535], Gen.Int[0, 65_535], (layer, a, b) =>
        new MaskRange(layer, Math.Min(a, b), Math.Max(a, b)));

    private static readonly Gen<IdentityRule> Rules =
        Gen.Select(Gen.Enum<IdentityPreset>(), Gen.Int[0, 65_535], Gen.UInt, Gen.Bool, Ranges.Array[1, 4], (preset, depth, run, hasRun, ranges) =>
            new IdentityRule(preset)
            {
                Depth = preset == IdentityPreset.Generator ? 0 : depth,
                RunId = preset == IdentityPreset.Generator && hasRun ? run : null,
                Ranges = preset == IdentityPreset.Mask ? ranges : [],
            });

    [Fact]
    public void What_is_written_is_read() => Rules.Sample(rule => IdentityRule.Parse(rule.ToString()).Equals(rule));

    [Theory]
    [InlineData("l3,depth=96", "l3,depth=96")]
    [InlineData("mask:l3+4-5,payload+0-15", "mask:l3+4-5,payload+0-15")]
    [InlineData("mask:l4+7,depth=20", "mask:l4+7-7,depth=20")]
    [InlineData("generator,run=31", "generator,run=0x1f")]
    public void Texts_are_read(string text, string expected) => Assert.Equal(expected, IdentityRule.Parse(text).ToString());

    [Theory]
    [InlineData("", "'' is no preset")]
    [InlineData("L3", "use generator, exact, l2, l3, nat")]
    [InlineData("l3,", "'' is no option")]
    [InlineData("l3,depth=0", "from 1 to 65535")]
    [InlineData("l3,depth=-1", "depth '-1'")]
    [InlineData("l3,depth", "depth ''")]
    [InlineData("l3,run=1", "generator only")]
    [InlineData("generator,run=x", "0x1f")]
    [InlineData("generator,depth=9", "leave it out")]
    [InlineData("mask:", "'' is no range")]
    [InlineData("mask:depth=4", "at least one range")]
    [InlineData("mask:l5+1-2", "'l5+1-2' is no range")]
    [InlineData("mask:l3+5-4", "write l3+4-5")]
    [InlineData("mask:l3+1-70000", "up to 65535")]
    [InlineData("mask:l3+1-2-3", "no range of bytes")]
    public void Bad_texts_are_refused_with_the_remedy(string text, string part)
    {
        Assert.False(IdentityRule.TryParse(text, out _, out var error));
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.StartsWith($"identity '{text}': ", error, StringComparison.Ordinal);
        Assert.Equal(error, Assert.Throws<FormatException>(() => IdentityRule.Parse(text)).Message);
    }

    [Fact]
    public void Any_text_is_read_or_refused() =>
        Gen.String[Gen.Char["l234mask:+-,=depthrungao0x payload"], 0, 20].Sample(text => IdentityRule.TryParse(text, out _, out _) || true);
}
