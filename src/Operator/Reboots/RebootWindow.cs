using System.Globalization;
using Latlab.Crds.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>
/// When reboots may begin, by the wall clock of the window's time zone: an hour that a clock change leaves out is in no window, and one
/// that comes twice is in it twice.
/// </summary>
internal static class RebootWindow
{
    /// <summary>
    /// A window of one day of the week begins within that many days, and once more for the day on which the clock leaves it out.
    /// </summary>
    private const int DaysAhead = 15;

    public static bool IsOpen(TimeWindow window, DateTimeOffset now) =>
        IsOpen(window, TimeZoneInfo.ConvertTime(now, Zone(window)).DateTime);

    /// <summary>When it opens next; null when it never does.</summary>
    public static DateTimeOffset? NextOpening(TimeWindow window, DateTimeOffset now)
    {
        var zone = Zone(window);
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return Enumerable.Range(-1, DaysAhead)
            .Select(day => (DateTimeOffset?)Instant(today.AddDays(day) + Time(window.Start).ToTimeSpan(), zone))
            .FirstOrDefault(begin => begin > now && IsOpen(window, begin.Value));
    }

    private static bool IsOpen(TimeWindow window, DateTime local)
    {
        var (time, start, end) = (TimeOnly.FromDateTime(local), Time(window.Start), Time(window.End));
        return start <= end
            ? BeginsOn(window, local.DayOfWeek) && start <= time && time < end
            : (BeginsOn(window, local.DayOfWeek) && start <= time) || (BeginsOn(window, local.AddDays(-1).DayOfWeek) && time < end);
    }

    private static bool BeginsOn(TimeWindow window, DayOfWeek day) => window.Days.Count == 0 || window.Days.Contains($"{day}"[..3]);

    /// <summary>The moment of a wall clock's time: the earlier of two; the end of the gap when there is none.</summary>
    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(TimeWindow window) => TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
}
