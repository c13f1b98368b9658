using System.Globalization;
using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// Idle states that a bound on waking up forbids, by what the kernel counts of entering them (<c>latency</c> and <c>usage</c>,
/// <c>ABI/testing/sysfs-devices-system-cpu</c>): the bound's own file only says what was asked for.
/// </summary>
internal static class IdleStates
{
    private static readonly NumberedFiles Folders = new("/sys/devices/system/cpu/cpu*/cpuidle");

    /// <summary>All CPUs that have idle states.</summary>
    public static IEnumerable<int> Cpus(IHost host) => Folders.Numbers(host);

    /// <summary>Which of them were entered between the last look of this process, under the same bounds, and this one; null for none.</summary>
    public static string? Entered(HostView host, string knob, IReadOnlyDictionary<int, long> microseconds)
    {
        var bounds = string.Join(' ', microseconds.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value}")));
        var last = host.Seen.TryGetValue(knob, out var seen) && seen is Watch watch && watch.Bounds == bounds ? watch : null;
        var states = last?.States ?? [.. microseconds.SelectMany(entry => Forbidden(host.Files, entry.Key, entry.Value))];
        IReadOnlyList<long> usage = [.. states.Select(state => Number(host.Files, $"{state.Folder}/usage") ?? 0)];
        host.Seen[knob] = new Watch(bounds, states, usage);
        var entered = last is null ? [] : states.Where((_, i) => usage[i] > last.Usage[i]).ToList();
        return entered.Count == 0 ? null : "since the last look the kernel entered idle states that this forbids: "
            + string.Join(", ", entered.GroupBy(state => state.Name).Select(state => $"{state.Key} on CPUs {CpuList.Format(state.Select(one => one.Cpu).Order())}"))
            + "; boot with intel_idle.max_cstate or processor.max_cstate (kernel.arguments) to be rid of them";
    }

    private static IEnumerable<State> Forbidden(IHost host, int cpu, long bound) =>
        from name in host.List(Folders.Of(cpu))
        let folder = $"{Folders.Of(cpu)}/{name}"
        let latency = Number(host, $"{folder}/latency")
        where latency > bound
        select new State(cpu, $"{host.Read($"{folder}/name").Text?.Trim() ?? name} ({latency}us)", folder);

    private static long? Number(IHost host, string file) =>
        long.TryParse(host.Read(file).Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record State(int Cpu, string Name, string Folder);

    private sealed record Watch(string Bounds, IReadOnlyList<State> States, IReadOnlyList<long> Usage);
}
