using System.Globalization;

namespace Latlab.Reports;

/// <summary>Numbers for people. Without a culture: a report reads the same everywhere.</summary>
internal static class Human
{
    /// <summary>What stands for a number that a result does not have.</summary>
    public const string Unknown = "–";

    /// <summary>The unit of latencies, with the space before it.</summary>
    public const string Microseconds = $"{NarrowSpace}µs";

    private const string NarrowSpace = "\u202f";

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(",", NarrowSpace, StringComparison.Ordinal);

    /// <summary>A latency in microseconds with four digits or more, beyond 10 s in seconds.</summary>
    public static string Latency(double ns)
    {
        var magnitude = Math.Abs(ns);
        if (magnitude is > 0 and < 1)
        {
            // A mean: in microseconds it would read as 0.
            return $"{Digits(ns)}{NarrowSpace}ns";
        }

        // No more digits than nanoseconds have.
        return magnitude >= 1e10 ? $"{Digits(ns / 1e9)}{NarrowSpace}s" : $"{Rounded(ns / 1e3, 4, 3)}{Microseconds}";
    }

    /// <summary>All digits of a value in nanoseconds.</summary>
    public static string Nanoseconds(double ns) =>
        ns == Math.Truncate(ns) ? $"{Count((long)ns)} ns" : $"{ns.ToString("0.###", CultureInfo.InvariantCulture)} ns";

    /// <summary>A length of time in the unit that suits it, with four digits at most.</summary>
    public static string Duration(double ns) => Math.Abs(ns) switch
    {
        0 => "0",
        < 1e3 => $"{Short(ns)}{NarrowSpace}ns",
        < 1e6 => $"{Short(ns / 1e3)}{NarrowSpace}µs",
        < 1e9 => $"{Short(ns / 1e6)}{NarrowSpace}ms",
        _ => $"{Short(ns / 1e9)}{NarrowSpace}s",
    };

    /// <summary>A share in percent with three digits.</summary>
    public static string Share(double share) => share == 0
        ? $"0{NarrowSpace}%"
        : $"{(Math.Abs(share) < 1e-6 ? (share * 100).ToString("0.##e0", CultureInfo.InvariantCulture) : Rounded(share * 100, 3))}{NarrowSpace}%";

    /// <summary>A percentile as a label: p99.9.</summary>
    public static string PercentileLabel(double percent) => percent == 50 ? "Median" : $"p{Percentile(percent)}";

    /// <summary>A percentile's number: 99.9.</summary>
    public static string Percentile(double percent) => percent.ToString("0.#######", CultureInfo.InvariantCulture);

    /// <summary>A plain number with four digits.</summary>
    public static string Number(double number) => Digits(number);

    /// <summary>
    /// An instant: UTC to the nanosecond, or, before 1973, seconds since the start of the capture: imported results have no other.
    /// </summary>
    public static string Instant(long ns)
    {
        if (Math.Abs(ns) < 100_000_000_000_000_000)
        {
            return $"{(ns / 1e9).ToString("0.000000000", CultureInfo.InvariantCulture)}{NarrowSpace}s";
        }

        var instant = DateTime.UnixEpoch.AddTicks(ns / 100);
        return $"{instant.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture)}{ns % 100:00} UTC";
    }

    /// <summary>Without zeros at the end.</summary>
    private static string Short(double number)
    {
        var digits = Digits(number);
        return digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits;
    }

    private static string Digits(double number) => Rounded(number, 4);

    private static string Rounded(double number, int digits, int mostDecimals = 9)
    {
        if (number == 0 || !double.IsFinite(number))
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var before = (int)Math.Floor(Math.Log10(Math.Abs(number))) + 1;
        var decimals = Math.Clamp(digits - before, 0, mostDecimals);
        return number.ToString($"#,0.{new string('0', decimals)}", CultureInfo.InvariantCulture).Replace(",", NarrowSpace, StringComparison.Ordinal);
    }
}
