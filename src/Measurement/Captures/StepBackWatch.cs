using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Finds where a capture's stamps go back first, while it is known where in the file that is. By the same measure as <see cref="Turns"/>,
/// which count how often they do. Stamps that rise cost one comparison of columns.
/// </summary>
internal sealed class StepBackWatch
{
    private long _lastNs;

    /// <summary>Whether one was found: nothing is looked for any more.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Looks at the next packets' stamps, in nanoseconds and in the order of capture.</summary>
    /// <returns>The index of the first that goes back; below 0 when none does, or when one was found before.</returns>
    public int Find(ReadOnlySpan<long> timesNs)
    {
        if (IsDone || timesNs.IsEmpty)
        {
            return -1;
        }

        if (timesNs[0] >= _lastNs && Columns.AreRising(timesNs, orEqual: true))
        {
            _lastNs = timesNs[^1];
            return -1;
        }

        for (var i = 0; i < timesNs.Length; i++)
        {
            if (IsBack(_lastNs, timesNs[i]))
            {
                IsDone = true;
                return i;
            }

            _lastNs = timesNs[i];
        }

        return -1;
    }

    /// <summary>A stamp that is missing says nothing of the clock.</summary>
    private static bool IsBack(long lastNs, long timeNs) =>
        Stamps.Possible(lastNs) != 0 && Stamps.Possible(timeNs) != 0 && timeNs < lastNs - Turns.DisorderNs;
}
