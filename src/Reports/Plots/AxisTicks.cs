using System.Globalization;

namespace Latlab.Reports.Plots;

/// <summary>Where an axis has ticks, and what they say.</summary>
internal static class AxisTicks
{
    /// <summary>Ticks between two values of an axis; those without a label are minor.</summary>
    /// <param name="scale">How the axis is laid out.</param>
    /// <param name="min">Its lowest value.</param>
    /// <param name="max">Its highest value.</param>
    /// <param name="most">Most labels that there is room for.</param>
    public static IEnumerable<(double Value, string Label)> Of(AxisScale scale, double min, double max, int most) => scale switch
    {
        AxisScale.Percentile => Percentiles(min, max),
        AxisScale.Log => Logarithmic(min, max, most),
        _ => Linear(min, max, most),
    };

    private static IEnumerable<(double Value, string Label)> Percentiles(double min, double max)
    {
        yield return (1, "0");
        foreach (var decade in DecadesBetween(min, max))
        {
            for (var digit = 2; digit <= 10; digit++)
            {
                var value = digit * Math.Pow(10, decade);
                if (value <= max * 1.0001)
                {
                    yield return (value, digit == 10 || value == 2 ? Human.Percentile(100 - (100 / value)) : "");
                }
            }
        }
    }

    /// <summary>Labels at 1, 2 and 5 where there is room, else at powers of ten.</summary>
    private static IEnumerable<(double Value, string Label)> Logarithmic(double min, double max, int most)
    {
        var decades = Math.Log10(max / min);
        if (decades < 0.7)
        {
            return Linear(min, max, most);
        }

        int[] labelled = decades * 3 <= most ? [1, 2, 5] : decades * 2 <= most ? [1, 3] : [1];
        var every = Math.Max(1, (int)Math.Ceiling(decades / most));
        return DecadesBetween(min, max)
            .SelectMany(decade => Enumerable.Range(1, 9).Select(digit => (decade, digit, value: digit * Math.Pow(10, decade))))
            .Where(tick => tick.value >= min * 0.9999 && tick.value <= max * 1.0001)
            .Select(tick => (tick.value, labelled.Contains(tick.digit) && tick.decade % every == 0 ? Format(tick.value) : ""));
    }

    private static IEnumerable<(double Value, string Label)> Linear(double min, double max, int most)
    {
        if (max <= min)
        {
            return [];
        }

        var rough = (max - min) / most;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= rough * 0.9999) * power;
        var first = (long)Math.Ceiling(min / step * 0.999999);
        return Enumerable.Range(0, (int)Math.Floor((max / step) + 1e-6 - first) + 1).Select(index =>
        {
            var value = (first + index) * step;
            return (value, Format(value));
        });
    }

    private static IEnumerable<int> DecadesBetween(double min, double max)
    {
        var first = (int)Math.Floor(Math.Log10(min) + 1e-9);
        return Enumerable.Range(first, (int)Math.Ceiling(Math.Log10(max) - 1e-9) - first + 1);
    }

    /// <summary>Large round numbers in powers that people read at once.</summary>
    private static string Format(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e9 => $"{(value / 1e9).ToString("0.###", CultureInfo.InvariantCulture)} G",
        >= 1e6 => $"{(value / 1e6).ToString("0.###", CultureInfo.InvariantCulture)} M",
        >= 1e4 => $"{(value / 1e3).ToString("0.###", CultureInfo.InvariantCulture)} k",
        _ => value.ToString("0.#########", CultureInfo.InvariantCulture),
    };
}
