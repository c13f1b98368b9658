using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// The control groups (version 2) that kubelet makes for pods of the class Guaranteed, the only ones that its static CPU manager gives
/// CPUs of their own: pods are right below the group of all pods, containers below theirs.
/// </summary>
internal static partial class PodGroups
{
    public const string Root = "/sys/fs/cgroup";
    public const string Cpus = "cpuset.cpus";
    public const string Exclusive = "cpuset.cpus.exclusive";
    public const string Partition = "cpuset.cpus.partition";

    private const string Quota = "cpu.max";

    private const int ShortId = 12;

    /// <summary>The group of all pods; null when there is none. Its name depends on kubelet's <c>cgroupDriver</c>.</summary>
    public static string? OfAllPods(IHost host) =>
        host.List(Root).FirstOrDefault(name => name is "kubepods.slice" or "kubepods") is { } name ? $"{Root}/{name}" : null;

    /// <summary>Why no partition can be here; null when there can.</summary>
    public static KnobReading? Obstacle(IHost host)
    {
        const string instead = "use cpu.isolation: BootArguments with kernel.arguments [isolcpus=…]";
        var controllers = host.Read($"{Root}/cgroup.controllers");
        if (controllers.Text is not { } text)
        {
            return controllers.Problem is { } problem
                ? KnobReading.Failed($"{Root}/cgroup.controllers: {problem}")
                : KnobReading.Unsupported(
                    $"this node has no {Root}/cgroup.controllers: its control groups are of version 1, or of both; "
                    + $"boot it with systemd.unified_cgroup_hierarchy=1, or {instead}");
        }

        if (!text.Split(' ').Contains("cpuset"))
        {
            return KnobReading.Unsupported($"this kernel has no controller cpuset ({Root}/cgroup.controllers: {text}); run one built "
                + $"with CONFIG_CPUSETS, or {instead}");
        }

        if (OfAllPods(host) is not { } pods)
        {
            return KnobReading.Unsupported($"there is no {Root}/kubepods.slice and no {Root}/kubepods: kubelet has no pods here; "
                + $"{instead}");
        }

        if (host.Read($"{pods}/{Cpus}").IsMissing)
        {
            return KnobReading.Unsupported(
                $"there is no {pods}/{Cpus}: {Root}/cgroup.subtree_control lacks cpuset, which kubelet needs as well; start kubelet "
                    + $"with it, or {instead}");
        }

        return host.Read($"{pods}/{Exclusive}").IsMissing
            ? KnobReading.Unsupported($"this kernel has no {pods}/{Exclusive}, and a partition of pods needs it (Linux 6.7 or newer, "
                + $"6.11 for the best); run such a kernel, or {instead}")
            : null;
    }

    /// <summary>Containers of the class Guaranteed that have a set of CPUs.</summary>
    public static IReadOnlyList<PodContainer> Containers(IHost host) => OfAllPods(host) is { } all ? Within(host, all) : [];

    /// <summary>
    /// Names of those whose CPUs are not theirs alone: what all share may be of isolated CPUs, where kubelet's reserved CPUs are the
    /// others.
    /// </summary>
    public static IReadOnlySet<string> Sharing(IHost host)
    {
        if (OfAllPods(host) is not { } all)
        {
            return new HashSet<string>();
        }

        var guaranteed = Containers(host);
        var everybody = host.List(all).Where(name => OtherClass().IsMatch(name))
            .SelectMany(name => Within(host, $"{all}/{name}"))
            .Concat(guaranteed).ToList();
        return guaranteed
            .Where(container => !container.MayHaveItsOwn
                || everybody.Exists(other => other.Group != container.Group && other.Cpus.Intersect(container.Cpus).Any()))
            .Select(container => container.Name)
            .ToHashSet();
    }

    private static IReadOnlyList<PodContainer> Within(IHost host, string @class) =>
    [
        .. from pod in host.List(@class)
           where Pod().IsMatch(pod)
           from name in host.List($"{@class}/{pod}")
           let id = Container().Match(name)
           where id.Success
           let cpus = host.Read($"{@class}/{pod}/{name}/{Cpus}").Text
           where CpuList.TryParse(cpus, out _)
           select new PodContainer(
               id.Groups[1].Value[..ShortId], $"{@class}/{pod}", $"{@class}/{pod}/{name}", CpuList.Parse(cpus!),
               host.Read($"{@class}/{pod}/{name}/{Quota}").Text),
    ];

    /// <summary>Groups beside one that claim some of its CPUs, in words; null when none does.</summary>
    public static string? Rival(IHost host, string group, IReadOnlyCollection<int> cpus)
    {
        var parent = group[..group.LastIndexOf('/')];
        foreach (var name in host.List(parent).Where(name => $"{parent}/{name}" != group))
        {
            foreach (var file in new[] { Exclusive, Cpus })
            {
                var path = $"{parent}/{name}/{file}";
                if (CpuList.TryParse(host.Read(path).Text, out var claimed) && claimed.Intersect(cpus).Any())
                {
                    return $"{path} has {CpuList.Format(claimed)}; take CPUs {CpuList.Format(claimed.Intersect(cpus))} out of it";
                }
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(kubepods-)?(burstable|besteffort)(\.slice)?\z")]
    private static partial Regex OtherClass();

    [GeneratedRegex(@"^(kubepods-(burstable-|besteffort-)?pod[0-9A-Za-z_-]+\.slice|pod[0-9A-Za-z_-]+)\z")]
    private static partial Regex Pod();

    // Those of CRI-O's monitors bear their container's name.
    [GeneratedRegex(@"^(?!.*conmon)(?:[a-z-]+-)?([0-9a-f]{64})(?:\.scope)?\z")]
    private static partial Regex Container();
}

/// <summary>A container with a set of CPUs.</summary>
/// <param name="Id">The first characters of its ID, as <c>crictl ps</c> shows it.</param>
/// <param name="Pod">Its pod's group.</param>
/// <param name="Group">Its own.</param>
/// <param name="Cpus">The set, ascending.</param>
/// <param name="Quota">Its quota of CPU time (<c>cpu.max</c>); null where that is not to be seen.</param>
internal sealed record PodContainer(string Id, string Pod, string Group, IReadOnlyList<int> Cpus, string? Quota)
{
    /// <summary>
    /// Whether the set may be its own: who has a part of what all share has a quota that is not all of the set, or none where quotas are
    /// switched off.
    /// </summary>
    public bool MayHaveItsOwn => Quota?.Split(' ') is not [var quota, var period]
        || !long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        || !long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var of)
        || time == of * Cpus.Count;

    /// <summary>Name in the ledger: CPUs, and whose.</summary>
    public string Name => $"{CpuList.Format(Cpus)}@{Id}";

    /// <summary>The CPUs in a name.</summary>
    public static IReadOnlyList<int> CpusOf(string name) => CpuList.TryParse(name.Split('@')[0], out var cpus) ? cpus : [];
}
