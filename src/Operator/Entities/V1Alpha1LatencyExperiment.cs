using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.Experiments;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Entities;

[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "LatencyExperiment", PluralName = "latencyexperiments")]
internal sealed class V1Alpha1LatencyExperiment : CustomResource<LatencyExperimentSpec, LatencyExperimentStatus>;
