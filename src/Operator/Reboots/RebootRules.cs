using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Reboots;

/// <summary>What a TunedNode, and the administrator who installed the operator, let be done.</summary>
internal sealed record RebootRules
{
    private static readonly TunedNodeValidator Validator = new();

    /// <summary>Why no node may be rebooted; null when nodes may.</summary>
    public RebootView? Bar { get; private init; }

    /// <summary>Whether the spec is one that can be carried out. Else nothing is begun, and nothing that is there is changed.</summary>
    public required bool IsAccepted { get; init; }

    public required CountOrPercent MaxUnavailable { get; init; }

    public required int MaxReboots { get; init; }

    public required TimeSpan RebootTimeout { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Whether pods that nobody makes anew are evicted, too.</summary>
    public required bool Force { get; init; }

    public TimeWindow? Window { get; init; }

    /// <summary>Whether nodes carry the taint until they are tuned.</summary>
    public required bool StartupTaint { get; init; }

    public static RebootRules Of(V1Alpha1TunedNode tunedNode, bool allowReboots)
    {
        var spec = tunedNode.Spec;
        var isValid = Validator.Refusals(spec).Count == 0;
        var policy = (isValid ? spec.Disruption : null) ?? new DisruptionPolicy();
        return new RebootRules
        {
            Bar = isValid ? BarOf(spec, policy, allowReboots) : Wait("the TunedNode's spec is not accepted: see its condition Accepted"),
            IsAccepted = isValid,
            MaxUnavailable = policy.MaxUnavailable,
            MaxReboots = policy.MaxRebootsPerGeneration,
            RebootTimeout = LengthOfTime.Parse(policy.RebootTimeout),
            DrainTimeout = LengthOfTime.Parse(policy.Drain.Timeout),
            Force = policy.Drain.Force,
            Window = policy.Window,
            StartupTaint = policy.StartupTaint,
        };
    }

    private static RebootView? BarOf(TunedNodeSpec spec, DisruptionPolicy policy, bool allowReboots) => (
        spec.Boot, policy.Reboot, allowReboots) switch
    {
        ({ Apply: BootApply.StageOnly }, _, _) => Wait("boot.apply is StageOnly: reboot the node when it suits"),
        (_, RebootPolicy.Never, _) => Wait("disruption.reboot is Never: reboot the node when it suits"),
        (_, _, false) => new RebootView(
            TunedNodeConditions.ReasonRebootsNotEnabled,
            "the operator may not reboot nodes: install the chart with boot.enabled=true, or reboot the node yourself"),
        _ => null,
    };

    private static RebootView Wait(string message) => new(TunedNodeConditions.ReasonWaitingForReboot, message);
}

/// <summary>Where a node is on its way to a reboot, in words.</summary>
/// <param name="Reason">One of <see cref="TunedNodeConditions"/>' reasons.</param>
/// <param name="Message">For people.</param>
internal sealed record RebootView(string Reason, string Message);
