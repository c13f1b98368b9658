using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using k8s;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// What a TunedNode asks of each of its nodes, and whether a NodeTuning asks for that. The wish itself is compared, not its generation:
/// somebody may have edited a NodeTuning, and another version of latlab may resolve a profile otherwise.
/// </summary>
internal sealed class ResolvedWish
{
    /// <summary>Each NodeTuning is asked about many times, and there may be thousands; those of a cache are never changed.</summary>
    private static readonly ConditionalWeakTable<NodeTuningSpec, string> Digests = [];

    private readonly string _digest;

    public ResolvedWish(V1Alpha1TunedNode tunedNode)
    {
        Spec = Resolve(tunedNode);
        _digest = Digest(Spec);
    }

    public NodeTuningSpec Spec { get; }

    /// <summary>Whether the NodeTuning asks for exactly that.</summary>
    public bool IsOf(V1Alpha1NodeTuning tuning) => Digests.GetValue(tuning.Spec, Digest) == _digest;

    private static string Digest(NodeTuningSpec spec) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(KubernetesJson.Serialize(spec))));

    private static NodeTuningSpec Resolve(V1Alpha1TunedNode tunedNode) => new()
    {
        TunedNode = new TunedNodeReference
        {
            Name = tunedNode.Metadata.Name,
            Uid = tunedNode.Metadata.Uid,
            Generation = tunedNode.Metadata.Generation ?? 0,
        },
        Cpu = tunedNode.Spec.Cpu,
        Cache = tunedNode.Spec.Cache,
        Memory = tunedNode.Spec.Memory,
        Kernel = BootProfiles.Resolve(tunedNode.Spec),
        Boot = tunedNode.Spec.Boot,
        NoiseCheck = tunedNode.Spec.NoiseCheck,
        NetworkDevices = tunedNode.Spec.NetworkDevices,
        StoppedServices = tunedNode.Spec.StoppedServices,
        Devices = tunedNode.Spec.Devices,
        VirtualWires = tunedNode.Spec.VirtualWires,
        Interfaces = tunedNode.Spec.Interfaces,
        Drift = tunedNode.Spec.Drift,
    };
}
