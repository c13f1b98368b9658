namespace Latlab.NodeAgent.Planning;

/// <summary>
/// Remembers what failed: the same value is not tried again before a time that doubles with each failure, as attempts (compaction, say)
/// disturb the node.
/// </summary>
internal sealed class RetrySchedule(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, Failure> _failures = [];

    public bool IsHeld(string knob, string target) => Find(knob, target) is { } failure && clock.GetUtcNow() < failure.NotBefore;

    /// <summary>Why setting that value failed last time, or null.</summary>
    public string? Reason(string knob, string target) => Find(knob, target)?.Reason;

    public void Failed(string knob, string target, string reason)
    {
        var wait = Find(knob, target) is { } before ? TimeSpan.FromTicks(Math.Min(before.Wait.Ticks * 2, Longest.Ticks)) : First;
        _failures[knob] = new(target, reason, wait, clock.GetUtcNow() + wait);
    }

    public void Succeeded(string knob) => _failures.Remove(knob);

    private Failure? Find(string knob, string target) =>
        _failures.TryGetValue(knob, out var failure) && failure.Target == target ? failure : null;

    private sealed record Failure(string Target, string Reason, TimeSpan Wait, DateTimeOffset NotBefore);
}
