using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Entities;

[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = "TunedNode", PluralName = "tunednodes")]
internal sealed class V1Alpha1TunedNode : CustomResource<TunedNodeSpec, TunedNodeStatus>;
