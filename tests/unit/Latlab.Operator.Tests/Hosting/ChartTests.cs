using k8s.Models;
using Latlab.Operator.Reboots;
using Testing;

namespace Latlab.Operator.Tests.Hosting;

/// <summary>What the chart makes of its values, where a mistake would cost a cluster its latlab, or a node its safety.</summary>
public sealed class ChartTests
{
    [Theory]
    [InlineData("operator-deployment")]
    [InlineData("uninstall-hook")]
    [InlineData("agent-daemonset")]
    public async Task On_a_cluster_whose_nodes_all_bear_the_startup_taint_latlab_itself_starts(string template)
    {
        var taint = new V1Taint { Key = StartupTaint.Key, Effect = StartupTaint.Effect };
        foreach (var values in new string[][] { [], ["operator.tolerations[0].key=own", "agent.tolerations[0].key=own"] })
        {
            var pod = await PodAsync(template, values);
            Assert.Contains(pod.Tolerations, toleration =>
                toleration.Key == taint.Key && toleration.OperatorProperty == "Exists" && (toleration.Effect is null || toleration.Effect == taint.Effect));
            Assert.Equal(values.Length > 0, pod.Tolerations.Any(toleration => toleration.Key == "own"));
        }
    }

    [Fact]
    public async Task An_agent_has_what_the_reference_says_and_nothing_else()
    {
        var pod = await PodAsync("agent-daemonset");
        Assert.True(pod.HostNetwork);
        Assert.NotEqual(true, pod.HostPID);
        Assert.NotEqual(true, pod.HostIPC);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        var agent = Assert.Single(pod.Containers);
        Assert.Empty(pod.InitContainers ?? []);
        var security = agent.SecurityContext;
        Assert.Equal((true, false), (security.ReadOnlyRootFilesystem, security.AllowPrivilegeEscalation));
        Assert.NotEqual(true, security.Privileged);
        Assert.Null(security.SeccompProfile);
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        Assert.Equal(["NET_ADMIN"], security.Capabilities.Add);
        Assert.Equal(
            ["/proc:/host/proc:ro", "/proc/sys:/host/proc/sys:rw", "/proc/irq:/host/proc/irq:rw", "/sys:/host/sys:rw", "/var/lib/latlab:/host/var/lib/latlab:rw"],
            Mounts(pod, agent));
        Assert.All([agent.StartupProbe, agent.ReadinessProbe, agent.LivenessProbe], probe => Assert.Equal("127.0.0.1", probe.HttpGet.Host));
    }

    [Fact]
    public async Task Kubelets_configuration_is_one_file_more_to_read()
    {
        var pod = await PodAsync("agent-daemonset", "agent.kubeletConfig=/var/lib/kubelet/config.yaml");
        Assert.Equal("/var/lib/kubelet/config.yaml:/host/var/lib/kubelet/config.yaml:ro", Mounts(pod, pod.Containers[0])[^1]);
        Assert.Equal("File", pod.Volumes[^1].HostPath.Type);
    }

    [Fact]
    public async Task Only_with_boot_files_an_agent_is_privileged_and_sees_the_node()
    {
        var pod = await PodAsync("agent-daemonset", "boot.enabled=true");
        Assert.Equal((true, true), (pod.HostPID, pod.Containers[0].SecurityContext.Privileged));
        Assert.Equal(true, pod.Containers[0].SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["/:/host:rw"], Mounts(pod, pod.Containers[0]));
    }

    private static async Task<V1PodSpec> PodAsync(string template, params string[] values) =>
        (await Chart.RenderAsync($"templates/{template}.yaml", "system", values)).Select(made => made switch
        {
            V1Deployment deployment => deployment.Spec.Template.Spec,
            V1DaemonSet daemonSet => daemonSet.Spec.Template.Spec,
            V1Job job => job.Spec.Template.Spec,
            _ => null,
        }).OfType<V1PodSpec>().Single();

    /// <summary>What of the host is where; each volume is mounted, and each is the host's.</summary>
    private static List<string> Mounts(V1PodSpec pod, V1Container container)
    {
        Assert.Equal(pod.Volumes.Select(volume => volume.Name), container.VolumeMounts.Select(mount => mount.Name));
        return [.. pod.Volumes.Zip(container.VolumeMounts, (volume, mount) => $"{volume.HostPath.Path}:{mount.MountPath}:{(mount.ReadOnlyProperty == true ? "ro" : "rw")}")];
    }
}
