namespace Latlab.NodeAgent.Planning;

/// <summary>
/// Remembers what failed, and what something else keeps undoing: the same value is not tried again before a time, as attempts (compaction,
/// say) disturb the node. That time doubles with each failure; in a fight it is the longest at once.
/// </summary>
internal sealed class RetrySchedule(TimeProvider clock)
{
    private const int MostRepairs = 3;
    private static readonly TimeSpan RepairsWithin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, Setback> _setbacks = [];
    private readonly Dictionary<string, List<DateTimeOffset>> _repairs = [];

    public bool IsHeld(string knob, string target) => Find(knob, target) is { } setback && clock.GetUtcNow() < setback.NotBefore;

    /// <summary>Why that value is not there, or did not stay, last time; null when nothing is known against it.</summary>
    public Setback? Find(string knob, string target) =>
        _setbacks.TryGetValue(knob, out var setback) && setback.Target == target ? setback : null;

    public void Failed(string knob, string target, string reason)
    {
        var wait = Find(knob, target) is { IsFight: false } before
            ? TimeSpan.FromTicks(Math.Min(before.Wait.Ticks * 2, Longest.Ticks))
            : First;
        Hold(knob, target, reason, wait, isFight: false);
    }

    public void Succeeded(string knob) => _setbacks.Remove(knob);

    /// <summary>The value was set again after something else had changed it.</summary>
    public void Repaired(string knob, string target, string found)
    {
        var now = clock.GetUtcNow();
        var repairs = _repairs[knob] = [.. _repairs.GetValueOrDefault(knob, []).Where(time => now - time < RepairsWithin), now];
        if (repairs.Count >= MostRepairs)
        {
            var reason = $"set again {MostRepairs} times within {RepairsWithin.TotalMinutes} min, and something keeps setting it back to "
                + $"{found}; find it (tuned, irqbalance, sysctl.d, another agent) and stop it; until then latlab tries every {Longest.TotalMinutes} min";
            Hold(knob, target, reason, Longest, isFight: true);
            _repairs.Remove(knob);
        }
    }

    private void Hold(string knob, string target, string reason, TimeSpan wait, bool isFight) =>
        _setbacks[knob] = new(target, reason, isFight, wait, clock.GetUtcNow() + wait);
}

/// <summary>A value that could not be set, or that something else keeps changing.</summary>
internal sealed record Setback(string Target, string Reason, bool IsFight, TimeSpan Wait, DateTimeOffset NotBefore);
