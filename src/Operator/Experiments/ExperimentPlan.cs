using Latlab.Crds.Experiments;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Experiments;

/// <summary>What an experiment does next. The status is written first.</summary>
/// <param name="Status">What to say.</param>
/// <param name="NextRun">The run to make; null when none is due.</param>
internal sealed record ExperimentPlan(LatencyExperimentStatus Status, V1Alpha1LatencyRun? NextRun = null);
