using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Kubelet;

/// <summary>A tree in which kubelet runs.</summary>
internal static class KubeletTree
{
    public const string Config = "/var/lib/kubelet/config.yaml";
    public const string State = "/var/lib/kubelet/cpu_manager_state";
    public const string Aligned = "kind: KubeletConfiguration\ncpuManagerPolicy: static\nreservedSystemCPUs: 0-1";

    /// <summary>With a command line, as the kernel has it, and a configuration.</summary>
    public static FakeTree WithKubelet(this FakeTree tree, string? config = Aligned, params string[] flags)
    {
        var words = config is null ? flags : [$"--config={Config}", .. flags];
        tree.File("/proc/1/comm", "systemd").File("/proc/812/comm", "kubelet")
            .File("/proc/812/cmdline", string.Concat(words.Prepend("/usr/bin/kubelet").Select(word => word + "\0")));
        return config is null ? tree : tree.File(Config, config);
    }
}
