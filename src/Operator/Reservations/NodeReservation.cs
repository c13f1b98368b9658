using k8s.Models;
using Latlab.Crds;

namespace Latlab.Operator.Reservations;

/// <summary>
/// A node belongs to one run at a time: whoever created the Lease for it. The Lease never expires, since a run outlives its operator; it is deleted when the
/// run has ended, and by the next run that finds its holder ended or gone.
/// </summary>
internal static class NodeReservation
{
    /// <summary>Value of the role label on reservations.</summary>
    public const string RoleValue = "reservation";

    private const string Prefix = "node-";

    public static string LeaseName(string nodeName) => Prefix + nodeName;

    public static string NodeName(V1Lease lease) => lease.Metadata.Name[Prefix.Length..];

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
            Annotations = new Dictionary<string, string> { [ApiGroup.Name + "/run"] = run },
        },
        Spec = new V1LeaseSpec { HolderIdentity = runUid, AcquireTime = now.UtcDateTime },
    };

    public static bool IsHeld(V1Lease? lease) => !string.IsNullOrEmpty(lease?.Spec?.HolderIdentity);

    public static bool IsHeldBy(V1Lease? lease, string runUid) => lease?.Spec?.HolderIdentity == runUid;
}
