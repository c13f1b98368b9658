using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Latlab.Crds.Validation;

namespace Latlab.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class RunOptions
{
    public static Option<string> Device(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DEV",
        Required = true,
        CustomParser = argument => DeviceName(argument, argument.Tokens[0].Value) ?? "",
    };

    /// <summary>The device's name; null, and an error with <paramref name="argument"/>, when none can be called so.</summary>
    public static string? DeviceName(ArgumentResult argument, string text)
    {
        if (Regex.IsMatch(text, Names.Device))
        {
            return text;
        }

        argument.AddError($"\"{text}\" cannot be the name of a network device; see \"ip link\" for those there are");
        return null;
    }

    public static Option<uint> RunId() => new("--run-id")
    {
        Description = "Number that tells this run's packets from others: 8 hexadecimal digits",
        HelpName = "HEX8",
        Required = true,
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (text.Length == 8 && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
            {
                return id;
            }

            argument.AddError($"\"{text}\" is not a run id; write 8 hexadecimal digits, e.g. 00c0ffee");
            return 0;
        },
    };

    public static Option<TimeSpan> Length(string name, string description, string standard, bool mayBeZero = false) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => LengthOfTime.Parse(standard),
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (LengthOfTime.TryParse(text, out var length) && (mayBeZero || length > TimeSpan.Zero))
            {
                return length;
            }

            var kind = mayBeZero ? "a length of time" : "a positive length of time";
            argument.AddError($"{name}: \"{text}\" is not {kind}; write a number and ms, s, m or h, e.g. {standard}");
            return TimeSpan.Zero;
        },
    };

    public static Option<int> Number(string name, string description, string unit, int lowest, int highest, int? standard = null)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description}: {lowest} to {highest}",
            HelpName = unit,
            Required = standard is null,
            CustomParser = argument =>
            {
                var text = argument.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= lowest && number <= highest)
                {
                    return number;
                }

                argument.AddError($"{name}: \"{text}\" is not possible; write a whole number from {lowest} to {highest}");
                return lowest;
            },
        };
        if (standard is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    public static Option<IPEndPoint> Listen(string standard) => new("--listen")
    {
        Description = "Address and port on which to answer GET /readyz",
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = _ => IPEndPoint.Parse(standard),
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0)
            {
                return endpoint;
            }

            argument.AddError($"--listen: \"{text}\" is not an address and port; write e.g. {standard}");
            return new IPEndPoint(IPAddress.Loopback, 0);
        },
    };

    public static Option<string?> Report() => new("--report")
    {
        Description = "File to write the outcome to as JSON, at most 4096 bytes: in a pod, its termination log",
        HelpName = "FILE",
    };
}
