using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using Latlab.Crds;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Reservations;

/// <summary>
/// A node belongs to one run at a time, or to its reboot: whoever created the Lease for it. The Lease never expires, since a run outlives
/// its operator; it is deleted when the run has ended, and by <see cref="ReservationController"/> when its holder is over without having
/// done so.
/// </summary>
internal static class NodeReservation
{
    /// <summary>Value of the role label on reservations.</summary>
    public const string RoleValue = "reservation";

    private const string Prefix = "node-";
    private const string RebootPrefix = "reboot:";
    private const string NodeAnnotation = ApiGroup.Name + "/node";
    private const int LongestName = 253;
    private const int HashDigits = 16;

    /// <summary>
    /// The Lease of a node. A node's name may be as long as a Lease's, and then its end is replaced by a hash of the whole.
    /// </summary>
    public static string LeaseName(string nodeName)
    {
        if (Prefix.Length + nodeName.Length <= LongestName)
        {
            return Prefix + nodeName;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(nodeName)))[..HashDigits];
        // What stands before the hash's hyphen must be a letter or a digit, or the name is none.
        return Prefix + nodeName[..(LongestName - Prefix.Length - HashDigits - 1)].TrimEnd('-', '.') + "-" + hash;
    }

    public static string NodeName(V1Lease lease) => Annotation(lease, NodeAnnotation) ?? lease.Metadata.Name[Prefix.Length..];

    /// <summary>The Lease by which <paramref name="runUid"/> holds a node.</summary>
    public static V1Lease Lease(string @namespace, string nodeName, string runUid, string run, DateTimeOffset now) => new()
    {
        ApiVersion = V1Lease.KubeGroup + "/" + V1Lease.KubeApiVersion,
        Kind = V1Lease.KubeKind,
        Metadata = new V1ObjectMeta
        {
            Name = LeaseName(nodeName),
            NamespaceProperty = @namespace,
            Labels = new Dictionary<string, string> { [ApiGroup.RoleLabel] = RoleValue, [ApiGroup.RunUidLabel] = runUid },
            Annotations = new Dictionary<string, string> { [RunReference.Annotation] = run, [NodeAnnotation] = nodeName },
        },
        Spec = new V1LeaseSpec { HolderIdentity = runUid, AcquireTime = now.UtcDateTime },
    };

    /// <summary>The Lease by which the reboot of a node keeps runs off it.</summary>
    public static V1Lease RebootLease(string @namespace, string nodeName, string tuningUid, DateTimeOffset now) => new()
    {
        ApiVersion = V1Lease.KubeGroup + "/" + V1Lease.KubeApiVersion,
        Kind = V1Lease.KubeKind,
        Metadata = new V1ObjectMeta
        {
            Name = LeaseName(nodeName),
            NamespaceProperty = @namespace,
            Labels = new Dictionary<string, string> { [ApiGroup.RoleLabel] = RoleValue },
            Annotations = new Dictionary<string, string> { [NodeAnnotation] = nodeName },
        },
        Spec = new V1LeaseSpec { HolderIdentity = RebootHolder(tuningUid), AcquireTime = now.UtcDateTime },
    };

    /// <summary>Identity in the Lease of the reboot of the NodeTuning with that UID.</summary>
    public static string RebootHolder(string tuningUid) => RebootPrefix + tuningUid;

    /// <summary>UID of the NodeTuning whose reboot holds the node; null when none does.</summary>
    public static string? RebootOf(V1Lease? lease) =>
        lease?.Spec?.HolderIdentity is { } holder && holder.StartsWith(RebootPrefix, StringComparison.Ordinal) ? holder[RebootPrefix.Length..] : null;

    public static bool IsHeld(V1Lease? lease) => !string.IsNullOrEmpty(lease?.Spec?.HolderIdentity);

    public static bool IsHeldBy(V1Lease? lease, string runUid) => lease?.Spec?.HolderIdentity == runUid;

    /// <summary>
    /// Whether a Lease is held by a run that is over. <paramref name="holder"/> is the run of the holder's UID, null when there is none.
    /// </summary>
    public static bool IsStale(V1Lease? lease, V1Alpha1LatencyRun? holder) => IsHeld(lease) && RebootOf(lease) is null && (holder is null || RunOutcome.HasEnded(holder));

    /// <summary>The holder for people: namespace and name of the run.</summary>
    public static string Holder(V1Lease? lease) => Annotation(lease, RunReference.Annotation) ?? lease?.Spec?.HolderIdentity ?? "";

    private static string? Annotation(V1Lease? lease, string name) =>
        lease?.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : null;
}
