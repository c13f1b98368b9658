using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Noise;

/// <summary>
/// Looks how quiet the isolated CPUs are where a spec asks for it: before the first change to the node, and once for each spec that came
/// into effect in a boot. A look ends when there is something else to do, which a run asks for before it measures; it is taken again
/// later.
/// </summary>
internal sealed class NoiseLooks(TimeProvider clock, IHost host)
{
    private const int MostCpus = 16;
    private const int MostRows = 8;

    /// <summary>What is known; null where no look is asked for.</summary>
    public static NoiseStatus? Known(NodeTuning tuning, NodeTuningStatus? last) => tuning.Spec.NoiseCheck is null ? null : last?.Noise ?? new();

    /// <summary>Whether a look is due before a pass changes anything.</summary>
    public static bool IsFirstDue(NodeTuning tuning, NoiseStatus? known, bool hasHistory) =>
        known is { Before: null } && !hasHistory && !tuning.Work.Deleted;

    /// <summary>Whether a look is due when a pass is done: what is known is of another spec, or of another boot.</summary>
    public static bool IsDue(NodeTuning tuning, NoiseStatus? known, TuningOutcome outcome) =>
        known is not null && !tuning.Work.Deleted && outcome.IsWhole
            && !(known.After?.Generation == tuning.Metadata.Generation && known.After?.BootId == outcome.BootId);

    public async Task<NoiseFinding> LookAsync(NodeTuning tuning, string bootId, CancellationToken stop)
    {
        var list = tuning.Spec.Cpu?.Isolated ?? "";
        var found = new NoiseFinding { Generation = tuning.Metadata.Generation, BootId = bootId, Cpus = list };
        if (!CpuList.TryParse(list, out var cpus) || !LengthOfTime.TryParse(tuning.Spec.NoiseCheck!.Duration, out var length))
        {
            return Now(found) with { Problem = "noiseCheck needs cpu.isolated and a duration, e.g. 10s" };
        }

        try
        {
            var report = await Task.Run(() => NoiseCheck.Run(host, cpus, length, stop), stop);
            stop.ThrowIfCancellationRequested();
            return Of(Now(found), report);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return Now(found) with { Problem = exception.Message };
        }
    }

    private NoiseFinding Now(NoiseFinding found)
    {
        // Kubernetes stores whole seconds: a status that is read back must be the one written.
        var now = clock.GetUtcNow();
        return found with { At = new DateTime(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc) };
    }

    private static NoiseFinding Of(NoiseFinding found, NoiseReport report) => found with
    {
        DurationNs = report.Cpus.Max(cpu => cpu.DurationNs),
        MaxGapNs = report.Cpus.Max(cpu => cpu.MaxNs),
        Gaps = report.Cpus.Sum(cpu => cpu.Gaps),
        Worst =
        [
            .. report.Cpus.OrderByDescending(cpu => cpu.MaxNs).Take(MostCpus).Select(cpu => new NoisyCpu
            {
                Cpu = cpu.Cpu,
                MaxGapNs = cpu.MaxNs,
                NoiseNs = cpu.NoiseNs,
                Histogram = Histogram(cpu),
                Interrupts = InterruptTable.Text(cpu.Interrupts, MostRows),
                Preemptions = cpu.Preemptions,
                Smis = cpu.Smis,
            }),
        ],
    };

    private static string? Histogram(CpuNoise cpu)
    {
        var buckets = cpu.Histogram.Where(bucket => bucket.FromNs >= BusyLoop.NoiseFromNs)
            .Select(bucket => string.Create(CultureInfo.InvariantCulture, $"{bucket.FromNs}:{bucket.Count}"));
        return string.Join(' ', buckets) is { Length: > 0 } text ? text : null;
    }
}
