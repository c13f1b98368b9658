using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>Finds the period with which episodes recur.</summary>
public static class EpisodePeriods
{
    /// <summary>With fewer episodes anything looks periodic.</summary>
    private const int FewestEpisodes = 6;

    /// <summary>Share of the distances between episodes that have to be multiples of the period.</summary>
    private const double SmallestShare = 0.8;

    /// <summary>How far from a multiple, in periods. By chance, one distance in ten is as close.</summary>
    private const double Tolerance = 0.05;

    /// <summary>
    /// Beyond this many periods between two episodes a small error of the period is as large as <see cref="Tolerance"/>: such a distance
    /// says nothing, for or against.
    /// </summary>
    private const int MostPeriods = 20;

    /// <summary>Distances that are near enough to say something; fewer do if they are most.</summary>
    private const int FewestNear = 50;

    /// <summary>
    /// What recurs on Linux (sources: kernel documentation, Kconfig.hz for the ticks, admin-guide/sysctl/{vm,kernel}.rst,
    /// scheduler/sched-rt-group.rst and sched-bwc.rst; from memory).
    /// </summary>
    private static readonly (long PeriodNs, string Cause)[] KnownCauses =
    [
        (1_000_000, "timer tick of a kernel with CONFIG_HZ=1000; see nohz_full"),
        (3_333_333, "timer tick of a kernel with CONFIG_HZ=300; see nohz_full"),
        (4_000_000, "timer tick of a kernel with CONFIG_HZ=250; see nohz_full"),
        (10_000_000, "timer tick of a kernel with CONFIG_HZ=100; see nohz_full"),
        (100_000_000, "CFS bandwidth period of a CPU limit (cpu.cfs_period_us, cpu.max)"),
        (1_000_000_000, "work once a second: vmstat (vm.stat_interval), real-time throttling (kernel.sched_rt_period_us)"),
        (4_000_000_000, "lockup detector's sample period (kernel.watchdog_thresh of 10 s)"),
        (300_000_000_000, "machine-check polling (check_interval of 5 minutes)"),
    ];

    /// <summary>The longest period that most of the episodes keep to; null when there is none.</summary>
    /// <param name="episodes">In the order of time.</param>
    public static EpisodePeriod? Of(IReadOnlyList<StallEpisode> episodes)
    {
        if (episodes.Count < FewestEpisodes)
        {
            return null;
        }

        var distances = episodes.Zip(episodes.Skip(1), (first, second) => second.StartNs - first.StartNs).Where(distance => distance > 0).ToArray();
        // The period itself is among the distances, unless no two neighbours ever were one period apart.
        var candidates = distances.Order().Where((_, index) => index % Math.Max(1, distances.Length / 256) == 0);
        EpisodePeriod? best = null;
        foreach (var candidate in candidates)
        {
            if (Fit(candidate, distances) is { } period && (best is null || period.PeriodNs > best.PeriodNs * 1.5))
            {
                best = period;
            }
        }

        return best;
    }

    private static EpisodePeriod? Fit(long candidateNs, long[] distances)
    {
        double period = candidateNs;
        for (var round = 0; round < 3; round++)
        {
            var near = Near(distances, period);
            var fitting = near.Where(distance => Fits(distance, period)).ToArray();
            if ((near.Length < FewestNear && near.Length < distances.Length * SmallestShare)
                || fitting.Length < near.Length * SmallestShare || fitting.Length < FewestEpisodes - 1)
            {
                return null;
            }

            period = fitting.Sum(distance => (double)distance) / fitting.Sum(distance => Math.Round(distance / period));
        }

        // The slowest packets of a long capture are those of some of its ticks: most of them are far from each other.
        var neighbours = Near(distances, period);
        var share = (double)neighbours.Count(distance => Fits(distance, period)) / neighbours.Length;
        var periodNs = (long)Math.Round(period);
        return new EpisodePeriod(periodNs, share, CauseOf(periodNs));
    }

    private static long[] Near(long[] distances, double period) => Array.FindAll(distances, distance => distance < MostPeriods * period);

    private static bool Fits(long distance, double period)
    {
        var periods = distance / period;
        return periods > 1 - Tolerance && Math.Abs(periods - Math.Round(periods)) < Tolerance;
    }

    private static string CauseOf(long periodNs)
    {
        foreach (var (knownNs, cause) in KnownCauses)
        {
            if (Math.Abs(periodNs - knownNs) < knownNs * 0.01)
            {
                return cause;
            }
        }

        return "";
    }
}
