using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Webhooks;

/// <summary>Every kind that is checked at admission. One more is a line here, and an entry in the chart's <c>webhook.yaml</c>.</summary>
internal static class AdmissionRules
{
    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        AdmissionRule.For<V1Alpha1TunedNode, TunedNodeSpec>(new TunedNodeValidator()),
    ];
}
