using System.Text.Json;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Cluster;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Tests.Reporting;

/// <summary>How large a NodeTuning's status is where there is much to say: docs/benchmarks.md has these bounds.</summary>
public sealed class StatusSizeTests
{
    private const int Cpus = 64;
    private const int KiB = 1024;
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void With_every_knob_and_64_isolated_CPUs_each_part_of_a_status_has_an_end()
    {
        LedgerEntry[] ledger = [.. KnobTable.Kinds.Select((kind, i) => Entry(kind, i))];
        var plain = StatusBuilder.Tuned(new(ledger, "8a3c6e1e-0a4c-41cf-b6c7-440b29bb8c4f", JournalState.Empty, null), new(), [], 1, Now);
        var noise = StatusBuilder.WithLooks(plain, new(), new() { Before = Finding(), After = Finding() }, null, Now);
        var full = StatusBuilder.WithLooks(plain, new(), new() { Before = Finding(), After = Finding() }, Around(), Now);
        var (ofLedger, withNoise, whole) = (Bytes(plain), Bytes(noise), Bytes(full));
        TestContext.Current.TestOutputHelper?.WriteLine($"{ledger.Length} knobs: {ofLedger} bytes; with noise: {withNoise}; with {Cpus} CPUs' interference: {whole}");
        Assert.InRange(ofLedger, 10 * KiB, 20 * KiB);
        Assert.InRange(withNoise - ofLedger, 5 * KiB, 10 * KiB);
        Assert.InRange(whole - withNoise, 5 * KiB, 10 * KiB);
    }

    /// <summary>A knob of many values that is not in effect: more is cut.</summary>
    private static LedgerEntry Entry(KnobKind kind, int i) => new()
    {
        Knob = $"{kind.Prefix}[an.entry.{i}]",
        Requested = $"0-63={i} performance",
        Configured = new string('c', 200),
        ConfiguredIn = kind.Text.Evidence,
        PresentInThisBoot = true,
        Effective = new string('e', 200),
        Evidence = kind.Text.Evidence,
        State = KnobState.Failed,
        Message = new string('m', 300),
    };

    private static NoiseFinding Finding() => new()
    {
        Generation = 12,
        BootId = "8a3c6e1e-0a4c-41cf-b6c7-440b29bb8c4f",
        At = Now.UtcDateTime,
        DurationNs = 10_000_000_000,
        Cpus = "64-127",
        MaxGapNs = 1_234_567,
        Gaps = 123_456,
        Worst =
        [
            .. Enumerable.Range(64, 16).Select(cpu => new NoisyCpu
            {
                Cpu = cpu, MaxGapNs = 1_234_567, NoiseNs = 12_345_678, Histogram = "1024:5321 2048:1012 4096:210 8192:12 16384:3",
                Interrupts = "LOC:10012 RES:310 CAL:120 TLB:33 IWI:12 25:7 26:3 NMI:1", Preemptions = 1_234, Smis = 12,
            }),
        ],
    };

    private static Interference Around() => new()
    {
        From = "a0a0a0a0-0a4c-41cf-b6c7-440b29bb8c4f/before",
        To = "a0a0a0a0-0a4c-41cf-b6c7-440b29bb8c4f/after",
        Cpus = [.. Enumerable.Range(64, Cpus).Select(cpu => new CpuInterference { Cpu = cpu, Interrupts = 61_234, Most = "LOC:60012 RES:310 CAL:120 TLB:33 25:7", ContextSwitches = 1_234, Smis = 0 })],
    };

    private static int Bytes(NodeTuningStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, ClusterJson.Default.NodeTuningStatus).Length;
}
