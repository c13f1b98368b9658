using System.CommandLine;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Statistics;

namespace Latlab.Cli.Commands;

/// <summary>Options of <c>latlab analyze</c> that have a form of their own, or that <c>latlab capture</c> has, too.</summary>
internal static class AnalyzeOptions
{
    public static Option<IdentityChoice> Identity() => new("--identity")
    {
        Description = "How a packet is known again: auto, generator, exact, l2, l3, nat, or mask:LAYER+FROM-TO,…; see docs/reference/identity.md (default: auto)",
        HelpName = "RULE",
        CustomParser = argument =>
        {
            if (IdentityChoice.Parse(argument.Tokens[0].Value, out var error) is { } choice)
            {
                return choice;
            }

            argument.AddError($"--identity: {error}");
            return new IdentityChoice((IdentityRule?)null);
        },
    };

    public static Option<IReadOnlyList<Percentile>> Percentiles() => new("--percentiles")
    {
        Description = "Which percentiles, in percent with commas between them (default: 50,90,99,99.9,99.99,99.999,99.9999)",
        HelpName = "LIST",
        CustomParser = argument =>
        {
            var percentiles = new List<Percentile>();
            foreach (var part in argument.Tokens[0].Value.Split(','))
            {
                if (!Percentile.TryParse(part.Trim(), out var percentile))
                {
                    argument.AddError($"--percentiles: \"{part}\" is no percentile; write numbers from 0.0000001 to 100 with at most 7 decimals, e.g. 50,99.9");
                    return Percentile.Usual;
                }

                percentiles.Add(percentile);
            }

            return percentiles;
        },
    };

    public static Option<int> Worst() => RunOptions.Number("--worst", "How many of the slowest packets to list", "N", 0, 1_000_000, 5000);

    public static Option<int> Flows() =>
        RunOptions.Number("--flows", "With --per-flow: for how many of them at most, by order of appearance", "N", 1, ushort.MaxValue, 256);

    /// <summary>To be read by <see cref="Nanoseconds.Of"/>.</summary>
    public static Option<string> Interval() => Nanoseconds.Option("--interval", "Interval of the time series", "1s", TimeSpan.FromDays(1));

    public static Option<string> Name() => new("--name") { Description = "What to call the result in reports", DefaultValueFactory = _ => "" };

    public static Option<long> ClockOffset() => new("--clock-offset")
    {
        Description = "Time to take off the stamps of AFTER, whose clock is ahead by it; may be negative, e.g. 37s or -1500ns",
        HelpName = "TIME",
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            var digits = text.TrimStart('-');
            if (Nanoseconds.TryParse(digits, out var length))
            {
                return text[0] == '-' ? -length : length;
            }

            argument.AddError($"--clock-offset: \"{text}\" is not a length of time; write numbers with ns, us, ms, s, m or h, e.g. 37s");
            return 0;
        },
    };

    public static Option<IReadOnlyDictionary<string, string>> Environment() => new("--env")
    {
        Description = "What the result was made with, for reports and compare, e.g. nic=E810 kernel=6.1; may be given again",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => new Dictionary<string, string>(),
        CustomParser = argument =>
        {
            var environment = new Dictionary<string, string>();
            foreach (var token in argument.Tokens)
            {
                var at = token.Value.IndexOf('=', StringComparison.Ordinal);
                if (at <= 0)
                {
                    argument.AddError($"--env: \"{token.Value}\" has no key and value; write e.g. nic=E810");
                    continue;
                }

                environment[token.Value[..at]] = token.Value[(at + 1)..];
            }

            return environment;
        },
    };
}
