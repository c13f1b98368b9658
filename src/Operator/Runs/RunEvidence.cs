using Latlab.Crds.Runs;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>Everything that a verdict rests on.</summary>
/// <param name="Spec">What was asked for.</param>
/// <param name="Results">The numbers.</param>
/// <param name="Meter">What the meter says.</param>
/// <param name="Generator">What the generator says.</param>
/// <param name="Before">The node before the traffic.</param>
/// <param name="Tuning">The node after it.</param>
/// <param name="AgentSilent">Why it is not known what is in effect after the traffic; null when it is.</param>
internal sealed record RunEvidence(
    LatencyRunSpec Spec, RunResults Results, MeterReport Meter, GeneratorReport Generator, RunEnvironment? Before, V1Alpha1NodeTuning? Tuning, string? AgentSilent);
