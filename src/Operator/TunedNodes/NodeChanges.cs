using k8s;
using k8s.Models;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// Which changes of a Node matter to whom. A node reports its health every few seconds to minutes, and that matters to nobody here.
/// </summary>
internal static class NodeChanges
{
    /// <summary>It came, or went.</summary>
    public static bool OfExistence(V1Node? before, V1Node? after) => before is null || after is null;

    /// <summary>It came, went, or a reboot has cordoned it or gives it back.</summary>
    public static bool OfExistenceOrMark(V1Node? before, V1Node? after) =>
        OfExistence(before, after) || CordonMark.Of(before!) != CordonMark.Of(after!);

    /// <summary>It came, went, or has other labels.</summary>
    public static bool OfLabels(V1Node? before, V1Node? after) =>
        OfExistence(before, after) || Differ(before!.Metadata.Labels, after!.Metadata.Labels);

    /// <summary>
    /// It came, went, or has other labels, another cordon, taint or budget of reboots, is ready or no longer, or runs another boot.
    /// </summary>
    public static bool OfAvailability(V1Node? before, V1Node? after) => OfLabels(before, after)
        || CordonMark.Of(before!) != CordonMark.Of(after!)
        || RebootBudget.Text(before!) != RebootBudget.Text(after!)
        || before!.Spec?.Unschedulable != after!.Spec?.Unschedulable
        || StartupTaint.IsOn(before) != StartupTaint.IsOn(after)
        || NodeAvailability.IsReady(before) != NodeAvailability.IsReady(after)
        || before.Status?.NodeInfo?.BootID != after.Status?.NodeInfo?.BootID;

    /// <summary>It came, went, or has other resources for pods.</summary>
    public static bool OfAllocatable(V1Node? before, V1Node? after) =>
        OfExistence(before, after) || Differ(before!.Status?.Allocatable, after!.Status?.Allocatable);

    private static bool Differ<TValue>(IDictionary<string, TValue>? left, IDictionary<string, TValue>? right) =>
        Text(left) != Text(right);

    private static string Text<TValue>(IDictionary<string, TValue>? map) => map is null ? "" : KubernetesJson.Serialize(map);
}
