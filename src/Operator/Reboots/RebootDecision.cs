namespace Latlab.Operator.Reboots;

/// <summary>What to do about one node, and how it stands.</summary>
/// <param name="View">In words; null when there is nothing to say.</param>
/// <param name="Step">What to do; null is to wait.</param>
/// <param name="Look">When to look again though nothing changes.</param>
internal readonly record struct RebootDecision(RebootView? View, RebootStep? Step = null, DateTimeOffset? Look = null);
