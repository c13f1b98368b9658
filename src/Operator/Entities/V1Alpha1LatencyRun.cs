using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Entities;

[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "LatencyRun", PluralName = "latencyruns")]
internal sealed class V1Alpha1LatencyRun : CustomResource<LatencyRunSpec, LatencyRunStatus>;
