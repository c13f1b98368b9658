namespace Latlab.Crds.NodeTunings;

/// <summary>
/// What an agent would do to its node for a spec, and what it would not: what <c>latlab-agent plan --output json</c> prints and <c>latlab
/// plan</c> reads.
/// </summary>
public sealed record PlanReport
{
    /// <summary>What would be done, in order.</summary>
    public IReadOnlyList<PlannedStep> Steps { get; set; } = [];

    /// <summary>
    /// What would not be in effect then, nor after a reboot of latlab's: refused, unsupported, or an administrator's to do.
    /// </summary>
    public IReadOnlyList<LedgerEntry> Remaining { get; set; } = [];
}

/// <summary>One thing that would be done.</summary>
/// <param name="Action">One word, e.g. <c>change</c> or <c>restore</c>.</param>
/// <param name="Knob">Which knob, as a path in the spec.</param>
/// <param name="From">What is there now; null where that does not matter.</param>
/// <param name="To">What would be.</param>
/// <param name="ChangesHost">Whether it changes the host, and not only the agent's journal.</param>
/// <param name="NeedsReboot">Whether it takes a reboot to come into effect.</param>
public sealed record PlannedStep(string Action, string Knob, string? From, string? To, bool ChangesHost, bool NeedsReboot);
