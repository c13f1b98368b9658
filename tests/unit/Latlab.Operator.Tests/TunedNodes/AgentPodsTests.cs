using k8s.Models;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Tests.TunedNodes;

public sealed class AgentPodsTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<V1Pod[], string?> Rows => new()
    {
        { [], "no agent is on the node any more" },
        { [Pod(ready: true, minutes: 60)], null },
        { [Pod(ready: false, minutes: 60)], "has not been ready since 2029-12-31 23:00 UTC; see `kubectl -n system logs agent`" },
        // An update of the agents.
        { [Pod(ready: false, minutes: 0)], null },
        { [Pod(ready: false, minutes: 60, isEnding: true)], null },
        { [Pod(ready: false, minutes: 60, isEnding: true), Pod(ready: false, minutes: 0)], null },
        { [Pod(ready: null, minutes: 60)], "has not been ready since" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_node_whose_agent_does_not_look_is_told(V1Pod[] pods, string? problem)
    {
        var found = AgentPods.Problem(pods, "system", Now);
        Assert.Equal(problem is null, found is null);
        Assert.Contains(problem ?? "", found ?? "", StringComparison.Ordinal);
    }

    private static V1Pod Pod(bool? ready, int minutes, bool isEnding = false)
    {
        var since = Now.UtcDateTime.AddMinutes(-minutes);
        return new()
        {
            Metadata = new V1ObjectMeta { Name = "agent", CreationTimestamp = since, DeletionTimestamp = isEnding ? Now.UtcDateTime : null },
            Status = new V1PodStatus
            {
                Conditions = ready is { } isReady ? [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False", LastTransitionTime = since }] : null,
            },
        };
    }
}
