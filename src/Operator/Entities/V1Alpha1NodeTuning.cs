using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Entities;

[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "NodeTuning", PluralName = "nodetunings")]
internal sealed class V1Alpha1NodeTuning : CustomResource<NodeTuningSpec, NodeTuningStatus>;
