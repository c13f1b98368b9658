using System.Globalization;
using System.Text;

namespace Latlab.Crds.Validation;

/// <summary>
/// Reads and writes lengths of time as the API has them: <c>250us</c>, <c>100ms</c>, <c>10s</c>, <c>1m30s</c>, <c>1h0m0s</c>, <c>0</c>. A
/// subset of Kubernetes' <c>metav1.Duration</c>: whole numbers, from microseconds.
/// </summary>
public static class LengthOfTime
{
    private const int MostDigits = 9;

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
    ];

    /// <summary>
    /// Parses <paramref name="text"/>; false when it is not a length of time, or one longer than a <see cref="TimeSpan"/> holds.
    /// </summary>
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

        var ticks = 0L;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (!TryTake(ref rest, out var part) || part > TimeSpan.MaxValue.Ticks - ticks)
            {
                return false;
            }

            ticks += part;
        }

        length = TimeSpan.FromTicks(ticks);
        return true;
    }

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">It is not a length of time.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text, out var length) ? length
            : throw new FormatException($"\"{text}\" is not a length of time; write numbers with us, ms, s, m or h, e.g. 10s or 1m30s");

    /// <summary>Writes a length of time, the largest unit first, down to microseconds: <c>1m30s</c>.</summary>
    public static string Format(TimeSpan length)
    {
        var text = new StringBuilder();
        var left = length.Ticks;
        foreach (var (name, ticks) in Units)
        {
            if (left / ticks is > 0 and var number)
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}{name}");
                left -= number * ticks;
            }
        }

        return text.Length == 0 ? "0" : text.ToString();
    }

    /// <summary>Takes a number and its unit off the beginning.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> text, out long length)
    {
        length = 0;
        var digits = Leading(text, digit: true);
        var letters = Leading(text[digits..], digit: false);
        var unit = UnitOf(text.Slice(digits, letters));
        if (digits is 0 or > MostDigits || unit == 0)
        {
            return false;
        }

        var number = long.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        // 999,999,999 h is 3.6e19 ticks: more than a TimeSpan holds.
        if (number > TimeSpan.MaxValue.Ticks / unit)
        {
            return false;
        }

        length = number * unit;
        text = text[(digits + letters)..];
        return true;
    }

    private static int Leading(ReadOnlySpan<char> text, bool digit)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]) == digit)
        {
            count++;
        }

        return count;
    }

    private static long UnitOf(ReadOnlySpan<char> name)
    {
        foreach (var unit in Units)
        {
            if (name.SequenceEqual(unit.Name))
            {
                return unit.Ticks;
            }
        }

        return 0;
    }
}
