using System.Globalization;

namespace Latlab.Crds.Validation;

/// <summary>Reads and writes lengths of time as the API has them: <c>100ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>, <c>0</c>.</summary>
public static class LengthOfTime
{
    /// <summary>Parses <paramref name="text"/>; false when it is not a length of time.</summary>
    public static bool TryParse(string? text, out TimeSpan length)
    {
        length = TimeSpan.Zero;
        if (text is null or "")
        {
            return false;
        }

        if (text == "0")
        {
            return true;
        }

        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 9 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        // 999,999,999 h is 3.6e19 ticks: more than a TimeSpan holds.
        if (unit == 0 || number > TimeSpan.MaxValue.Ticks / unit)
        {
            return false;
        }

        length = TimeSpan.FromTicks(number * unit);
        return true;
    }

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">It is not a length of time.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var length) ? length
            : throw new FormatException($"\"{text}\" is not a length of time; write a number and ms, s, m or h, e.g. 10s");

    /// <summary>Writes a length of time in the largest unit that keeps it whole, down to milliseconds.</summary>
    public static string Format(TimeSpan length)
    {
        var ms = (long)length.TotalMilliseconds;
        return ms switch
        {
            0 => "0",
            _ when ms % 3_600_000 == 0 => Text(ms / 3_600_000, "h"),
            _ when ms % 60_000 == 0 => Text(ms / 60_000, "m"),
            _ when ms % 1_000 == 0 => Text(ms / 1_000, "s"),
            _ => Text(ms, "ms"),
        };

        static string Text(long number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
