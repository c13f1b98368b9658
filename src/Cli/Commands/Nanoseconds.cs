using System.CommandLine;
using System.Globalization;
using Latlab.Crds.Validation;

namespace Latlab.Cli.Commands;

/// <summary>Options that are a length of time exact to 1 ns.</summary>
internal static class Nanoseconds
{
    /// <summary>
    /// As <see cref="RunOptions.Length(string, string, string, TimeSpan, bool)"/>, with <c>ns</c>, too. To be read by <see cref="Of"/>.
    /// </summary>
    public static Option<string> Option(string name, string description, string standard, TimeSpan longest, bool mayBeZero = false)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description}: numbers with us, ms, s, m or h, or one with ns, at most {LengthOfTime.Format(longest)}",
            HelpName = "TIME",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token])
            {
                return;
            }

            if (!TryParse(token.Value, out var length) || (length == 0 && !mayBeZero))
            {
                var kind = mayBeZero ? "a length of time" : "a positive length of time";
                result.AddError($"{name}: \"{token.Value}\" is not {kind}; write numbers with us, ms, s, m or h, or one with ns, e.g. {standard}");
            }
            else if (length > longest.Ticks * 100)
            {
                result.AddError($"{name}: {token.Value} is too long; write at most {LengthOfTime.Format(longest)}");
            }
        });
        return option;
    }

    /// <summary>What was given, or the default, in nanoseconds.</summary>
    public static long Of(ParseResult result, Option<string> option) => TryParse(result.GetRequiredValue(option), out var length) ? length : 0;

    /// <summary>Parses a length of time; false when it is none, or longer than ten years.</summary>
    public static bool TryParse(string text, out long length)
    {
        if (text.EndsWith("ns", StringComparison.Ordinal))
        {
            return long.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out length);
        }

        var isLength = LengthOfTime.TryParse(text, out var whole) && whole < TimeSpan.FromDays(3650);
        length = isLength ? whole.Ticks * 100 : 0;
        return isLength;
    }
}
