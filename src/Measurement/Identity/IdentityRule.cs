using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Latlab.Measurement.Identity;

/// <summary>
/// How a packet is known again at the second tap. As text: a preset (<c>generator</c>, <c>exact</c>, <c>l2</c>, <c>l3</c>, <c>nat</c>) or
/// <c>mask:</c> with byte ranges (<c>mask:l3+4-5,payload+0-15</c>), then options (<c>l3,depth=96</c>, <c>generator,run=0x1f</c>).
/// docs/reference/identity.md says which bytes each covers.
/// </summary>
/// <param name="Preset">Which bytes it covers.</param>
public sealed record IdentityRule(IdentityPreset Preset)
{
    /// <summary>Greatest <see cref="Depth"/>.</summary>
    public const int MostDepth = 65_535;

    /// <summary>
    /// Bytes from the start of the IP header that it covers at most; 0 for no limit. What both captures keep of a cut frame.
    /// </summary>
    public int Depth { get; init; }

    /// <summary>Run whose packets count, for <see cref="IdentityPreset.Generator"/>; null for those of any run.</summary>
    public uint? RunId { get; init; }

    /// <summary>What counts, for <see cref="IdentityPreset.Mask"/>; empty for others.</summary>
    public IReadOnlyList<MaskRange> Ranges { get; init; } = [];

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It is none; the message says where and why.</exception>
    public static IdentityRule Parse(string text) => TryParse(text, out var rule, out var error) ? rule : throw new FormatException(error);

    /// <summary>Reads a rule; on false, <paramref name="error"/> says what is wrong with which part, and what would be right.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IdentityRule? rule, [NotNullWhen(false)] out string? error) =>
        IdentityRuleText.TryParse(text, out rule, out error);

    /// <summary>The text that reads as this rule.</summary>
    public override string ToString()
    {
        var preset = Preset.ToString().ToLowerInvariant();
        var ranges = Ranges.Count > 0 ? ":" + string.Join(',', Ranges) : "";
        var depth = Depth > 0 ? string.Create(CultureInfo.InvariantCulture, $",depth={Depth}") : "";
        var run = RunId is { } id ? string.Create(CultureInfo.InvariantCulture, $",run=0x{id:x}") : "";
        return preset + ranges + depth + run;
    }

    /// <summary>Whether both cover the same.</summary>
    public bool Equals(IdentityRule? other) =>
        other is not null && Preset == other.Preset && Depth == other.Depth && RunId == other.RunId && Ranges.SequenceEqual(other.Ranges);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Preset, Depth, RunId, Ranges.Count);
}
