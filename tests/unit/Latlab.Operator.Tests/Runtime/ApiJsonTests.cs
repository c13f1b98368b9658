using System.Text;
using System.Text.Json;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class ApiJsonTests
{
    [Fact]
    public void A_resource_comes_back_as_it_was()
    {
        var resource = new Resource
        {
            Metadata = new V1ObjectMeta { Name = "a", NamespaceProperty = "n", CreationTimestamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) },
            Spec = new TunedNodeSpec
            {
                NodeSelector = new Dictionary<string, string> { ["Node.Role/DUT"] = "true" },
                Kernel = new KernelTuning { Sysctls = new Dictionary<string, string> { ["vm.stat_interval"] = "10" } },
                VirtualWires = [new VirtualWire { Name = "left" }],
                Drift = DriftPolicy.Report,
            },
            Status = new TunedNodeStatus
            {
                ObservedGeneration = 3,
                Conditions = new List<Condition>().With("Accepted", ConditionStatus.True, "Valid", "ok", 3, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)),
            },
        };

        var json = ApiJson.Serialize(resource);
        var back = ApiJson.Deserialize<Resource>(json);

        Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(ApiJson.Serialize(back)));
        Assert.Equal(resource.Status.Conditions, back.Status!.Conditions);
        Assert.Equal("true", back.Spec.NodeSelector!["Node.Role/DUT"]);
        Assert.Equal("10", back.Spec.Kernel!.Sysctls["vm.stat_interval"]);
        Assert.Equal(DriftPolicy.Report, back.Spec.Drift);
    }

    [Fact]
    public void Names_are_camel_case_nulls_are_left_out_and_keys_of_maps_stay()
    {
        var json = ApiJson.ToElement(new TunedNodeSpec { NodeSelector = new Dictionary<string, string> { ["Zone"] = "A" } });

        Assert.Equal("A", json.GetProperty("nodeSelector").GetProperty("Zone").GetString());
        Assert.False(json.TryGetProperty("nodeName", out _));
        Assert.False(json.TryGetProperty("memory", out _));
        Assert.Equal("Repair", json.GetProperty("drift").GetString());
    }

    [Fact]
    public void Enum_members_have_the_names_that_the_schema_gives_them()
    {
        Assert.Equal("\"p99.9\"", ApiJson.ToElement(ObjectiveMetric.P999).GetRawText());
        foreach (var mode in Enum.GetValues<ForwardingMode>())
        {
            Assert.Equal(JsonSerializer.Serialize(mode), ApiJson.ToElement(mode).GetRawText());
            Assert.Equal(mode, ApiJson.ToElement(mode).Deserialize<ForwardingMode>());
        }
    }

    [Fact]
    public void Times_are_in_UTC_with_seconds_and_a_Z()
    {
        var condition = new Condition { Type = "Ready", Reason = "R", LastTransitionTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) };

        Assert.Equal("2026-01-02T03:04:05Z", ApiJson.ToElement(condition).GetProperty("lastTransitionTime").GetString());
    }

    [Fact]
    public void Micro_times_have_six_decimals_though_they_are_whole_seconds()
    {
        var lease = new V1Lease
        {
            Spec = new V1LeaseSpec
            {
                AcquireTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                RenewTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_560),
            },
        };

        var spec = ApiJson.ToElement(lease).GetProperty("spec");

        Assert.Equal("2026-01-02T03:04:05.000000Z", spec.GetProperty("acquireTime").GetString());
        Assert.Equal("2026-01-02T03:04:05.123456Z", spec.GetProperty("renewTime").GetString());
        Assert.Equal(lease.Spec.RenewTime, ApiJson.Copy(lease).Spec.RenewTime);
    }

    [Fact]
    public void Quantities_of_Kubernetes_own_types_survive()
    {
        var pod = new V1Pod
        {
            Spec = new V1PodSpec
            {
                Containers =
                [
                    new V1Container
                    {
                        Name = "c",
                        Resources = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["hugepages-2Mi"] = new("64Mi") } },
                        Ports = [new V1ContainerPort { ContainerPort = 8080 }],
                    },
                ],
            },
        };

        Assert.Equal("64Mi", ApiJson.Copy(pod).Spec.Containers[0].Resources.Limits["hugepages-2Mi"].ToString());
    }

    [Fact]
    public void A_copy_shares_nothing()
    {
        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "a", Labels = new Dictionary<string, string> { ["x"] = "1" } } };

        ApiJson.Copy(map).Metadata.Labels["x"] = "2";

        Assert.Equal("1", map.Metadata.Labels["x"]);
    }

    [KubernetesEntity(Group = "latlab.dev", ApiVersion = "v1alpha1", Kind = "Resource", PluralName = "resources")]
    private sealed class Resource : CustomResource<TunedNodeSpec, TunedNodeStatus>;
}
