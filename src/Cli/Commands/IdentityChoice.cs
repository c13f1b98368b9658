using Latlab.Measurement.Identity;

namespace Latlab.Cli.Commands;

/// <summary>What <c>--identity</c> says.</summary>
/// <param name="Rule">Null for <c>auto</c>: to find out.</param>
internal sealed record IdentityChoice(IdentityRule? Rule)
{
    /// <summary>Reads it, in upper or lower case; null, and what is wrong, when it is none.</summary>
    public static IdentityChoice? Parse(string text, out string error)
    {
        error = "";
#pragma warning disable CA1308 // Rules are written in lower case.
        var lower = text.ToLowerInvariant();
#pragma warning restore CA1308
        if (lower == "auto")
        {
            return new IdentityChoice((IdentityRule?)null);
        }

        if (lower.StartsWith("auto,", StringComparison.Ordinal))
        {
            error = $"'{text}': auto takes no options, and finds the depth that both captures keep; write auto alone, or name the preset, e.g. l3,depth=40";
            return null;
        }

        return IdentityRule.TryParse(lower, out var rule, out var problem) ? new IdentityChoice(rule) : Fail(problem, out error);
    }

    private static IdentityChoice? Fail(string problem, out string error)
    {
        error = problem;
        return null;
    }
}
