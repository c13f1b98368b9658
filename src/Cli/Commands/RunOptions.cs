using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Numerics;
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

    /// <summary>
    /// A length of time, as text, so that help shows the default as it is to be written. To be read by
    /// <see cref="Length(ParseResult, Option{string})"/>.
    /// </summary>
    public static Option<string> Length(string name, string description, string standard, TimeSpan longest, bool mayBeZero = false)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description}: numbers with us, ms, s, m or h, at most {LengthOfTime.Format(longest)}",
            HelpName = "TIME",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token])
            {
                return;
            }

            if (!LengthOfTime.TryParse(token.Value, out var length) || (length == TimeSpan.Zero && !mayBeZero))
            {
                var kind = mayBeZero ? "a length of time" : "a positive length of time";
                result.AddError($"{name}: \"{token.Value}\" is not {kind}; write numbers with us, ms, s, m or h, e.g. {standard}");
            }
            else if (length > longest)
            {
                result.AddError($"{name}: {token.Value} is too long; write at most {LengthOfTime.Format(longest)}");
            }
        });
        return option;
    }

    /// <summary>The length of time that was given, or the default.</summary>
    public static TimeSpan Length(ParseResult result, Option<string> option) => LengthOfTime.Parse(result.GetRequiredValue(option));

    public static Option<T> Number<T>(string name, string description, string unit, T lowest, T highest, T? standard = null)
        where T : struct, IBinaryInteger<T>
    {
        var option = new Option<T>(name)
        {
            Description = $"{description}: {lowest} to {highest}",
            HelpName = unit,
            Required = standard is null,
            CustomParser = argument =>
            {
                var text = argument.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
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
        Description = "Address and port on which to answer GET /readyz and, with --probe, GET /forwarding",
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

    /// <summary>Frames of all commands are of the sizes that the API allows.</summary>
    public static Option<int> FrameSize(string name, string description) =>
        Number(name, $"{description}, in bytes with its 4 bytes of FCS", "BYTES", 64, 1518, 64);

    public static Option<string?> Report() => new("--report")
    {
        Description = "File to write the outcome to as JSON, at most 4096 bytes: in a pod, its termination log",
        HelpName = "FILE",
    };
}
