using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Latlab.Measurement.Identity;

/// <summary>Reads rules as text.</summary>
internal static class IdentityRuleText
{
    private const string MaskPrefix = "mask:";
    private const string RangeForm = "ranges are LAYER+FIRST-LAST with LAYER l2, l3, l4 or payload, e.g. l3+4-5";

    public static bool TryParse(string text, [NotNullWhen(true)] out IdentityRule? rule, [NotNullWhen(false)] out string? error)
    {
        rule = null;
        var isMask = text.StartsWith(MaskPrefix, StringComparison.Ordinal);
        var parts = (isMask ? text[MaskPrefix.Length..] : text).Split(',');
        var ranges = new List<MaskRange>();
        var parsed = new IdentityRule(IdentityPreset.Mask);
        if (!isMask && !TryPreset(parts[0], out parsed))
        {
            error = $"identity '{text}': '{parts[0]}' is no preset; use generator, exact, l2, l3, nat, or mask: with byte ranges";
            return false;
        }

        foreach (var part in parts.Skip(isMask ? 0 : 1))
        {
            error = isMask && !part.Contains('=', StringComparison.Ordinal) ? AddRange(part, ranges) : SetOption(part, ref parsed);
            if (error is not null)
            {
                error = $"identity '{text}': {error}";
                return false;
            }
        }

        if (isMask && ranges.Count == 0)
        {
            error = $"identity '{text}': a mask needs at least one range; {RangeForm}";
            return false;
        }

        error = null;
        rule = parsed with { Ranges = ranges };
        return true;
    }

    private static bool TryPreset(string text, out IdentityRule rule)
    {
        IdentityPreset? preset = text switch
        {
            "generator" => IdentityPreset.Generator,
            "exact" => IdentityPreset.Exact,
            "l2" => IdentityPreset.L2,
            "l3" => IdentityPreset.L3,
            "nat" => IdentityPreset.Nat,
            _ => null,
        };
        rule = new IdentityRule(preset ?? IdentityPreset.Exact);
        return preset is not null;
    }

    private static string? SetOption(string part, ref IdentityRule rule)
    {
        var (name, value) = part.Split('=', 2) is [var n, var v] ? (n, v) : (part, "");
        switch (name)
        {
            case "depth" when rule.Preset == IdentityPreset.Generator:
                return "depth does not go with generator, whose header has one length; leave it out";
            case "depth":
                if (!TryNumber(value, out var depth) || depth is < 1 or > IdentityRule.MostDepth)
                {
                    return $"depth '{value}' is no number of bytes from 1 to {IdentityRule.MostDepth}";
                }

                rule = rule with { Depth = depth };
                return null;
            case "run" when rule.Preset == IdentityPreset.Generator:
                if (!TryRunId(value, out var runId))
                {
                    return $"run '{value}' is no run id; write it as 0x1f or as 31";
                }

                rule = rule with { RunId = runId };
                return null;
            default:
                return $"'{part}' is no option; options are depth=BYTES and, for generator only, run=ID";
        }
    }

    private static string? AddRange(string part, List<MaskRange> ranges)
    {
        if (part.Split('+') is not [var layerName, var bytes] || Layer(layerName) is not { } layer)
        {
            return $"'{part}' is no range; {RangeForm}";
        }

        var ends = bytes.Split('-');
        if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || last > IdentityRule.MostDepth)
        {
            return $"'{part}': '{bytes}' is no range of bytes up to {IdentityRule.MostDepth}; {RangeForm}";
        }

        if (first > last)
        {
            return $"'{part}' ends before it starts; write {layerName}+{last}-{first}";
        }

        ranges.Add(new MaskRange(layer, first, last));
        return null;
    }

    private static MaskLayer? Layer(string text) => text switch
    {
        "l2" => MaskLayer.L2,
        "l3" => MaskLayer.L3,
        "l4" => MaskLayer.L4,
        "payload" => MaskLayer.Payload,
        _ => null,
    };

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryRunId(string text, out uint runId) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out runId)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out runId);
}
