using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Goes with stamps from interval to interval. Where one lies elsewhere, the next has to do so too: an odd stamp counts where its neighbours
/// are, and takes nothing with it. So the last of a batch may have to wait for the next batch. The stamp 0 is none.
/// </summary>
/// <param name="grid">The intervals.</param>
/// <param name="aheadNs">Nanoseconds that the stamps are ahead of the grid's time.</param>
internal sealed class IntervalWalk(IntervalGrid grid, long aheadNs = 0)
{
    /// <summary>Stamps from here to <see cref="_endNs"/> belong to the current interval: what is late by a tap's disorder, too.</summary>
    private long _fromNs;
    private long _endNs;
    private long? _heldNs;

    /// <summary>The current interval; null before the first stamp.</summary>
    public Interval? Interval { get; private set; }

    /// <summary>
    /// How many of the first stamps belong to <see cref="Interval"/>, which may have changed. None, when there is one only, and it has to wait.
    /// </summary>
    public int Take(ReadOnlySpan<long> timesNs)
    {
        var others = Interval is null ? 0 : timesNs.IndexOfAnyExceptInRange(_fromNs, _endNs - 1);
        if (others != 0)
        {
            return others < 0 ? timesNs.Length : others;
        }

        if (timesNs.Length == 1)
        {
            _heldNs = timesNs[0];
            return 0;
        }

        Place(timesNs[0], timesNs[1]);
        return 1;
    }

    /// <summary>Takes the stamp that waited: to <see cref="Interval"/>. False when there is none.</summary>
    /// <param name="nextNs">The stamp behind it; null when there is none.</param>
    public bool TakeHeld(long? nextNs)
    {
        if (_heldNs is not { } heldNs)
        {
            return false;
        }

        Place(heldNs, nextNs ?? heldNs);
        _heldNs = null;
        return true;
    }

    /// <summary>Goes where a stamp and the next one are: of two other intervals to the nearer.</summary>
    private void Place(long timeNs, long nextNs)
    {
        (timeNs, nextNs) = (timeNs == 0 ? nextNs : timeNs, nextNs == 0 ? timeNs : nextNs);
        if (timeNs == 0)
        {
            if (Interval is null)
            {
                GoTo(grid.StartNs + aheadNs);
            }
        }
        else if (Interval is null || Math.Min(timeNs, nextNs) >= _endNs)
        {
            GoTo(Math.Min(timeNs, nextNs));
        }
        else if (Math.Max(timeNs, nextNs) < _fromNs)
        {
            GoTo(Math.Max(timeNs, nextNs));
        }
    }

    private void GoTo(long timeNs)
    {
        (Interval, var startNs, var endNs) = grid.At(timeNs - aheadNs);
        (_fromNs, _endNs) = (startNs + aheadNs - Turns.DisorderNs, endNs + aheadNs);
    }
}
