using Latlab.Crds;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// A kernel's cpusets with pods, as far as remote partitions go: one is valid where the CPUs are in <c>cpuset.cpus.exclusive</c> of every
/// group from the top down, and no sibling has them. Made up from the kernel's documentation and source; no kernel was asked.
/// </summary>
internal sealed class CpusetHost(IHost inner, bool permitted = true) : WrappedHost(inner)
{
    private const string Root = "/sys/fs/cgroup";
    private static readonly string[] Claims = ["cpuset.cpus.exclusive", "cpuset.cpus"];

    public override string? WriteAttribute(string path, string value)
    {
        var group = path[..path.LastIndexOf('/')];
        if (path.EndsWith("cpuset.cpus.exclusive", StringComparison.Ordinal) && value.Length > 0 && Siblings(group).Any(sibling => Overlaps(sibling, value)))
        {
            return "Invalid argument";
        }

        if (path.EndsWith("cpuset.cpus.partition", StringComparison.Ordinal) && value == "isolated")
        {
            var cpus = Cpus($"{group}/cpuset.cpus.exclusive");
            value = !permitted ? "isolated invalid (Enable partition not permitted)"
                : cpus.Count == 0 || !Above(group).All(above => cpus.All(Cpus($"{above}/cpuset.cpus.exclusive").Contains))
                    ? "isolated invalid (Invalid cpu list in cpuset.cpus.exclusive)"
                    : value;
        }

        return base.WriteAttribute(path, value);
    }

    private IEnumerable<string> Siblings(string group) =>
        List(group[..group.LastIndexOf('/')]).Select(name => $"{group[..group.LastIndexOf('/')]}/{name}").Where(sibling => sibling != group);

    private bool Overlaps(string group, string cpus) =>
        Claims.Any(file => CpuList.Common(Read($"{group}/{file}").Text, cpus).Length > 0);

    private static IEnumerable<string> Above(string group)
    {
        for (var above = group[..group.LastIndexOf('/')]; above != Root; above = above[..above.LastIndexOf('/')])
        {
            yield return above;
        }
    }

    private IReadOnlyList<int> Cpus(string file) => CpuList.TryParse(Read(file).Text, out var cpus) ? cpus : [];
}

/// <summary>Makes pods in a tree.</summary>
internal static class PodTree
{
    public const string Pods = "/sys/fs/cgroup/kubepods.slice";

    public static FakeTree WithPods(this FakeTree tree) => tree
        .File("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc")
        .Group(Pods)
        .Group($"{Pods}/kubepods-besteffort.slice")
        .Group("/sys/fs/cgroup/system.slice");

    public static FakeTree Group(this FakeTree tree, string path, string cpus = "") => tree
        .File($"{path}/cpuset.cpus", cpus)
        .File($"{path}/cpuset.cpus.exclusive", "")
        .File($"{path}/cpuset.cpus.partition", "member");

    /// <summary>A container, of a pod with its sandbox.</summary>
    public static FakeTree Pod(this FakeTree tree, char id, string cpus) => tree
        .Group(Slice(id))
        .Group($"{Slice(id)}/cri-containerd-{new string(id, 63)}0.scope")
        .Group(Group(id), cpus);

    /// <summary>A container of another class, with what all share.</summary>
    public static FakeTree Burstable(this FakeTree tree, char id, string cpus) => tree
        .Group($"{Pods}/kubepods-burstable.slice")
        .Group($"{Pods}/kubepods-burstable.slice/kubepods-burstable-pod{id}1f4.slice")
        .Group($"{Pods}/kubepods-burstable.slice/kubepods-burstable-pod{id}1f4.slice/cri-containerd-{new string(id, 64)}.scope", cpus);

    public static string Slice(char id) => $"{Pods}/kubepods-pod{id}1f4.slice";

    public static string Group(char id) => $"{Slice(id)}/cri-containerd-{new string(id, 64)}.scope";
}
