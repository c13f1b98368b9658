using System.Globalization;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Cluster;

/// <summary>Until when a measurement asks for no periodic look (<see cref="ReadBackRequest.QuietUntilAnnotation"/>).</summary>
internal sealed class QuietTime(TimeProvider clock, AgentLog log)
{
    // The longest run lasts a day. An operator that is gone, or whose clock is wrong, must not keep drift unseen for longer.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(26);
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
    private string? _asked;
    private DateTimeOffset _until;

    /// <summary>Whether it is quiet now, given the annotation's text.</summary>
    public bool IsNow(string? asked)
    {
        var now = clock.GetUtcNow();
        if (asked != _asked)
        {
            // Counted from when it was first seen: counted from now, a date far away would never be reached.
            _asked = asked;
            _until = Until(asked, now + Longest);
        }

        return now < _until;
    }

    private DateTimeOffset Until(string? asked, DateTimeOffset latest)
    {
        if (asked is null)
        {
            return default;
        }

        if (!DateTimeOffset.TryParseExact(asked, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
        {
            log.Warning($"{ReadBackRequest.QuietUntilAnnotation} \"{asked}\" is not a time and is ignored; write it as 2026-01-02T03:04:05Z");
            return default;
        }

        if (until > latest)
        {
            log.Warning(
                $"{ReadBackRequest.QuietUntilAnnotation} {asked} is more than {Longest.TotalHours} h ahead; "
                + $"quiet ends {latest:yyyy-MM-ddTHH:mm:ssZ}");
            return latest;
        }

        return until;
    }
}
