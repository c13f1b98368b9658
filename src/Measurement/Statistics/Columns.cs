using System.Numerics;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Statistics;

/// <summary>What there is to know of a column as a whole, by vector instructions.</summary>
internal static class Columns
{
    /// <summary>How many of the first packets, at least one, are of one flow.</summary>
    public static int FirstRun(ReadOnlySpan<ushort> flows)
    {
        var change = flows.IndexOfAnyExcept(flows[0]);
        return change < 0 ? flows.Length : change;
    }

    /// <summary>The highest value; <see cref="long.MinValue"/> of an empty column.</summary>
    public static long Max(ReadOnlySpan<long> values)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        var highest = new Vector<long>(long.MinValue);
        foreach (var vector in vectors)
        {
            highest = Vector.Max(highest, vector);
        }

        var max = long.MinValue;
        for (var i = 0; i < Vector<long>.Count; i++)
        {
            max = Math.Max(max, highest[i]);
        }

        foreach (var value in values[(vectors.Length * Vector<long>.Count)..])
        {
            max = Math.Max(max, value);
        }

        return max;
    }

    /// <summary>The lowest value; <see cref="long.MaxValue"/> of an empty column.</summary>
    public static long Min(ReadOnlySpan<long> values)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        var lowest = new Vector<long>(long.MaxValue);
        foreach (var vector in vectors)
        {
            lowest = Vector.Min(lowest, vector);
        }

        var min = long.MaxValue;
        for (var i = 0; i < Vector<long>.Count; i++)
        {
            min = Math.Min(min, lowest[i]);
        }

        foreach (var value in values[(vectors.Length * Vector<long>.Count)..])
        {
            min = Math.Min(min, value);
        }

        return min;
    }

    /// <summary>How far values fall (0 or less) and rise (0 or more) at most from one to the next.</summary>
    public static (long Fall, long Rise) Changes(ReadOnlySpan<long> values)
    {
        if (values.Length < 2)
        {
            return (0, 0);
        }

        var earlier = values[..^1];
        var later = values[1..];
        var earliers = MemoryMarshal.Cast<long, Vector<long>>(earlier);
        var laters = MemoryMarshal.Cast<long, Vector<long>>(later);
        var (lows, highs) = (Vector<long>.Zero, Vector<long>.Zero);
        for (var i = 0; i < earliers.Length; i++)
        {
            var change = laters[i] - earliers[i];
            lows = Vector.Min(lows, change);
            highs = Vector.Max(highs, change);
        }

        var (lowest, highest) = (0L, 0L);
        for (var i = 0; i < Vector<long>.Count; i++)
        {
            (lowest, highest) = (Math.Min(lowest, lows[i]), Math.Max(highest, highs[i]));
        }

        for (var i = earliers.Length * Vector<long>.Count; i < earlier.Length; i++)
        {
            (lowest, highest) = (Math.Min(lowest, later[i] - earlier[i]), Math.Max(highest, later[i] - earlier[i]));
        }

        return (lowest, highest);
    }

    /// <summary>Whether each value is greater than the one before it.</summary>
    /// <param name="values">The column.</param>
    /// <param name="orEqual">It may be the same, too.</param>
    public static bool AreRising(ReadOnlySpan<long> values, bool orEqual = false)
    {
        if (values.Length < 2)
        {
            return true;
        }

        var lower = values[..^1];
        var higher = values[1..];
        var lowers = MemoryMarshal.Cast<long, Vector<long>>(lower);
        var highers = MemoryMarshal.Cast<long, Vector<long>>(higher);
        for (var i = 0; i < lowers.Length; i++)
        {
            if (!(orEqual ? Vector.LessThanOrEqualAll(lowers[i], highers[i]) : Vector.LessThanAll(lowers[i], highers[i])))
            {
                return false;
            }
        }

        for (var i = lowers.Length * Vector<long>.Count; i < lower.Length; i++)
        {
            if (lower[i] > higher[i] || (!orEqual && lower[i] == higher[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What each value is more than the one at the same place in <paramref name="less"/>.</summary>
    public static void Subtract(ReadOnlySpan<long> values, ReadOnlySpan<long> less, Span<long> differences)
    {
        less = less[..values.Length];
        differences = differences[..values.Length];
        var minuends = MemoryMarshal.Cast<long, Vector<long>>(values);
        var subtrahends = MemoryMarshal.Cast<long, Vector<long>>(less);
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(differences);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = minuends[i] - subtrahends[i];
        }

        for (var i = vectors.Length * Vector<long>.Count; i < differences.Length; i++)
        {
            differences[i] = values[i] - less[i];
        }
    }
}
