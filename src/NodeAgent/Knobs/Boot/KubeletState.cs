using System.Text.Json;
using System.Text.Json.Nodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Kubelet;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// What kubelet kept of the node under its static policies, and holds against it when it starts: where that differs it ends at once. Of
/// CPUs all that are online (<c>cm/cpumanager/policy_static.go</c>, <c>validateState</c>; kubernetes/kubernetes#84333, #110478), of memory
/// each NUMA node's total and pools (<c>cm/memorymanager/policy_static.go</c>, <c>areMachineStatesEqual</c>; #109996, #131253). A state
/// that is removed at each boot is not compared, and does no harm: no container runs then.
/// </summary>
internal sealed class KubeletState
{
    /// <summary>Directories of <c>tmpfiles.d(5)</c>: a file goes over those of the same name in later ones.</summary>
    private static readonly string[] TemporaryFiles =
        ["/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"];

    private readonly IHost _host;
    private readonly Lazy<KubeletReading> _kubelet;
    private readonly Lazy<JsonObject?> _machine;

    public KubeletState(IHost host)
    {
        _host = host;
        _kubelet = new(() => new KubeletReader(host).Read());
        _machine = new(Machine);
    }

    public string CpuFile => _kubelet.Value.CpuManagerState;

    public string MemoryFile => $"{_kubelet.Value.StateDirectory}/memory_manager_state";

    public bool ComparesMemory => _machine.Value is not null;

    /// <param name="orUnknown">Whether a kubelet whose policy cannot be seen counts.</param>
    public bool ComparesCpus(bool orUnknown) => _kubelet.Value.CpuManagerPolicy switch
    {
        "static" => !IsRemovedAtBoot(CpuFile),
        null => orUnknown && _kubelet.Value.IsThere && !IsRemovedAtBoot(CpuFile),
        _ => false,
    };

    /// <summary>Bytes of huge pages of a size that it has, on one NUMA node or on all; 0 where memory is not compared.</summary>
    /// <param name="size">The size as the kernel writes it, e.g. <c>1G</c>.</param>
    /// <param name="node">The NUMA node; null for all.</param>
    public long HugePages(string size, int? node = null)
    {
        try
        {
            return (_machine.Value ?? []).Where(cell => node is null || cell.Key == $"{node}")
                .Select(cell => cell.Value?["memoryMap"]?[$"hugepages-{Quantity(BootEvidence.KibiBytes(size))}"]?["total"])
                .Sum(total => (long?)total ?? 0);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            return 0;
        }
    }

    private JsonObject? Machine()
    {
        try
        {
            return JsonNode.Parse(_host.Read(MemoryFile).Text ?? "{}") is JsonObject state && (string?)state["policyName"] == "Static"
                && state["machineState"] is JsonObject { Count: > 0 } machine && !IsRemovedAtBoot(MemoryFile)
                ? machine
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Kubelet does not understand it either, whatever boots.
            return null;
        }
    }

    /// <summary>A size as Kubernetes writes it.</summary>
    private static string Quantity(long kibiBytes) => kibiBytes switch
    {
        _ when kibiBytes % (1024 * 1024) == 0 => $"{kibiBytes / 1024 / 1024}Gi",
        _ when kibiBytes % 1024 == 0 => $"{kibiBytes / 1024}Mi",
        _ => $"{kibiBytes}Ki",
    };

    private bool IsRemovedAtBoot(string file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return TemporaryFiles
            .SelectMany(folder => _host.List(folder)
                .Where(name => name.EndsWith(".conf", StringComparison.Ordinal) && seen.Add(name))
                .Select(name => $"{folder}/{name}"))
            .SelectMany(path => (_host.Read(path).Text ?? "").Split('\n'))
            .Any(line => BootWords.Of(line) is [['r' or 'R', ..], var path, ..] && path == file);
    }
}
