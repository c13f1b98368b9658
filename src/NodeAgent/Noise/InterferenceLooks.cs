using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Noise;

/// <summary>
/// Counts what comes between on CPUs from one read-back request to the next. The counters are read twice and not in between, on the
/// agent's own CPU: the window is not disturbed.
/// </summary>
internal sealed class InterferenceLooks(IHost host)
{
    private const string ScheduleStatistics = "/proc/schedstat";
    private const int MostCpus = 64;
    private const int MostRows = 5;

    /// <summary>
    /// Position of "timeslices run on this cpu" after the CPU's name (version 15 and later; <c>scheduler/sched-stats.rst</c>).
    /// </summary>
    private const int Timeslices = 9;

    private (string Token, Counters Counters, IReadOnlyDictionary<int, long?> Smis)? _last;

    /// <summary>
    /// The newest account for a status: a new one when the request is a new one. After the agent's own restart there is none until two
    /// more requests.
    /// </summary>
    public Interference? Answer(NodeTuning tuning, NodeTuningStatus? last)
    {
        if (tuning.ReadBackToken is not { } token || _last?.Token == token || (_last is null && last?.ReadBack == token))
        {
            return last?.Interference;
        }

        var cpus = Cpus(tuning.Spec);
        // To read a processor's register interrupts its CPU: that is neither of the window that ends here nor of the one that begins.
        var (from, end) = (_last, Read());
        var smis = cpus.ToDictionary(cpu => cpu, cpu => SmiCounter.Read(host, cpu));
        _last = (token, Read(), smis);
        return from is null ? null : new()
        {
            From = from.Value.Token,
            To = token,
            Cpus = [.. cpus.Select(cpu => Between(cpu, from.Value.Counters, end) with
            {
                Smis = smis[cpu] - from.Value.Smis.GetValueOrDefault(cpu),
            })],
        };
    }

    private static CpuInterference Between(int cpu, Counters before, Counters after)
    {
        var interrupts = after.Interrupts.Since(before.Interrupts, cpu);
        return new()
        {
            Cpu = cpu,
            Interrupts = interrupts.Sum(row => row.Count),
            Most = InterruptTable.Text(interrupts, MostRows),
            ContextSwitches = after.Switches.GetValueOrDefault(cpu) - before.Switches.GetValueOrDefault(cpu),
        };
    }

    private IReadOnlyList<int> Cpus(NodeTuningSpec spec) =>
        CpuList.TryParse(spec.Cpu?.Isolated, out var isolated) || CpuList.TryParse(host.Read(NodeCpus.Online).Text, out isolated)
            ? [.. isolated.Take(MostCpus)]
            : [];

    private Counters Read() => new(
        InterruptTable.Parse(host.Read(InterruptTable.Path).Text ?? ""), Switches(host.Read(ScheduleStatistics).Text ?? ""));

    private static Dictionary<int, long?> Switches(string text) => text.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > Timeslices && words[0].StartsWith("cpu", StringComparison.Ordinal))
        .Select(words => (Cpu: Number(words[0][3..]), Count: Number(words[Timeslices])))
        .Where(pair => pair is { Cpu: not null, Count: not null })
        .ToDictionary(pair => (int)pair.Cpu!.Value, pair => pair.Count);

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed record Counters(InterruptTable Interrupts, Dictionary<int, long?> Switches);
}
