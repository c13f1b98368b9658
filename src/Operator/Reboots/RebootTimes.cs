namespace Latlab.Operator.Reboots;

/// <summary>How long is waited for what, beside what the TunedNode says.</summary>
internal static class RebootTimes
{
    /// <summary>For a node that runs its new boot to be as wished, before its ledger's word is taken for final.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at a node that is being emptied.</summary>
    public static readonly TimeSpan DrainLook = TimeSpan.FromSeconds(5);

    /// <summary>For pods to end whose eviction was granted at the last try, after the time for emptying a node was over.</summary>
    public static readonly TimeSpan LastTry = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks at what has to come from elsewhere, should no event come.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For a node whose tuning is given up to get its turn: a window comes round once a week. After that it goes without its reboot, so
    /// that no deletion hangs for ever.
    /// </summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromDays(8);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>Before a node that could not be emptied is tried again.</summary>
    public static TimeSpan Pause(int blockedDrains) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, ShortestPause.Ticks << Math.Clamp(blockedDrains - 1, 0, 10)));
}
