namespace Latlab.Operator.Runs;

/// <summary>A run's pods, named from its UID: to create one twice is to be told that it exists.</summary>
internal static class RunPodNames
{
    /// <summary>
    /// Keeps an ended pod until its report was read. It also tells "never created" from "gone": while a run is under way a pod that is not
    /// there was never made, so that an operator that was killed can go on without doing anything twice.
    /// </summary>
    public const string Finalizer = Latlab.Crds.ApiGroup.Name + "/collect";

    public const string Container = "main";

    public static string For(RunRole role, string runUid) => $"{RoleValue(role)}-{runUid}";

    public static string RoleValue(RunRole role) => role switch
    {
        RunRole.Meter => "meter",
        RunRole.Forwarder => "forwarder",
        _ => "generator",
    };

    /// <summary>Mark of the run in each packet: 8 hex digits of its (random) UID.</summary>
    public static string PacketRunId(string runUid) => runUid.Replace("-", "", StringComparison.Ordinal)[..8];
}

/// <summary>What a pod is in a run.</summary>
internal enum RunRole
{
    Meter,
    Forwarder,
    Generator,
}
