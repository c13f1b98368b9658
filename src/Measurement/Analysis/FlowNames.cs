using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>Gives a result the names of flows, which only a table of flows knows.</summary>
public static class FlowNames
{
    /// <summary>Names the flows that have results of their own and those of the slowest packets.</summary>
    /// <param name="result">The result.</param>
    /// <param name="nameOf">A flow's name.</param>
    /// <param name="reverseOf">The flow of the other direction of the same conversation, if there is one.</param>
    public static AnalysisResult Named(this AnalysisResult result, Func<int, string> nameOf, Func<int, int?> reverseOf) => result with
    {
        Flows = [.. result.Flows.Select(flow => flow with { Name = nameOf(flow.Flow), Reverse = reverseOf(flow.Flow) })],
        WorstFlows = result.Worst.Select(packet => packet.Flow).Distinct().Order().ToDictionary(flow => flow, nameOf),
    };
}
