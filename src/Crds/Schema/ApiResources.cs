using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Schema;

/// <summary>The kinds of the API group.</summary>
public static class ApiResources
{
    /// <summary>All of them, those that users write first.</summary>
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        TunedNodeResource.Definition,
        LatencyExperimentResource.Definition,
        LatencyRunResource.Definition,
        NodeTuningResource.Definition,
    ];
}
