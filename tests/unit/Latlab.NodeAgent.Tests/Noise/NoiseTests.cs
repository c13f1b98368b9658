using CsCheck;
using Latlab.NodeAgent.Cli;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Noise;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Noise;

public sealed class NoiseTests
{
    private const string Before = """
                   CPU0       CPU2       CPU3
          0:         10          0          0   IO-APIC   2-edge      timer
         24:       1000          5          0  PCI-MSIX-0000:00:01.0   0-edge      virtio0-config
        LOC:     500000      40000          7   Local timer interrupts
        TLB:          1          2          3   TLB shootdowns
        ERR:          0
        """;

    private const string After = """
                   CPU0       CPU2       CPU3
          0:         10          0          0   IO-APIC   2-edge      timer
         24:       1010          6          0  PCI-MSIX-0000:00:01.0   0-edge      virtio0-config
         25:          0          9          0  PCI-MSIX-0000:00:01.0   1-edge      new
        LOC:     510000      40010          7   Local timer interrupts
        TLB:          1          2          3   TLB shootdowns
        ERR:          0
        """;

    [Fact]
    public void Interrupts_that_came_on_a_CPU_are_told_by_row_most_first()
    {
        var (before, after) = (InterruptTable.Parse(Before), InterruptTable.Parse(After));
        Assert.Equal(
            [
                new("LOC", "Local timer interrupts", 10), new("25", "PCI-MSIX-0000:00:01.0 1-edge new", 9),
                new InterruptDelta("24", "PCI-MSIX-0000:00:01.0 0-edge virtio0-config", 1),
            ],
            after.Since(before, 2));
        Assert.Empty(after.Since(before, 3));
        Assert.Empty(after.Since(before, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("CPU0 CPU1\n 1: 5\n 2: x y z\n:\n")]
    public void A_table_that_is_none_has_no_rows(string text) => Assert.Empty(InterruptTable.Parse(text).Since(InterruptTable.Parse(""), 0));

    [Fact]
    public void Gaps_are_counted_between_powers_of_two() => Gen.Long[0, 1L << 40].Array[1, 50].Sample(gaps =>
    {
        var histogram = new GapHistogram();
        Array.ForEach(gaps, histogram.Add);
        Assert.Equal((gaps.Length, gaps.Max()), (histogram.Count, histogram.MaxNs));
        Assert.Equal(gaps.Length, histogram.Buckets.Sum(bucket => bucket.Count));
        Assert.All(histogram.Buckets, bucket => Assert.Equal(
            bucket.Count, gaps.Count(gap => Math.Max(gap, 1) >= bucket.FromNs && Math.Max(gap, 1) < 2 * bucket.FromNs)));
    });

    [Fact]
    public void A_real_CPU_is_looked_at_for_the_whole_time_and_its_timer_interrupts_are_seen()
    {
        var length = TimeSpan.FromMilliseconds(300);
        var report = NoiseCheck.Run(new HostRoot("/"), [0], length, TestContext.Current.CancellationToken);
        var cpu = Assert.Single(report.Cpus);
        Assert.Equal(0, cpu.Cpu);
        Assert.True(cpu.DurationNs >= length.TotalNanoseconds, $"{cpu}");
        Assert.True(cpu.Looks > 1000, $"{cpu}");
        Assert.True(cpu.MaxNs <= cpu.DurationNs && cpu.NoiseNs <= cpu.DurationNs, $"{cpu}");
        Assert.Equal(cpu.Looks, cpu.Histogram.Sum(bucket => bucket.Count));
        Assert.Contains(cpu.Interrupts, row => row.Row == "LOC");
    }

    [Fact]
    public void Something_else_on_the_CPU_is_seen_as_long_gaps()
    {
        using var stop = new CancellationTokenSource();
        var rival = new Thread(() =>
        {
            using var pinned = CpuThread.Pin(0);
            while (!stop.IsCancellationRequested)
            {
            }
        });
        rival.Start();
        var cpu = NoiseCheck.Run(new HostRoot("/"), [0], TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken).Cpus[0];
        stop.Cancel();
        rival.Join();
        // The scheduler gives each of them turns of a millisecond and more.
        Assert.True(cpu is { Preemptions: > 10, MaxNs: > 1_000_000 }, $"{cpu}");
    }

    [Fact]
    public void What_this_process_stops_by_its_own_garbage_collector_is_no_noise()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
            }
        });
        collector.Start();
        var cpu = NoiseCheck.Run(new HostRoot("/"), [0], TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken).Cpus[0];
        stop.Cancel();
        collector.Join();
        Assert.True(cpu.Collections > 0, $"{cpu}");
        Assert.Equal(cpu.Looks, cpu.Histogram.Sum(bucket => bucket.Count));
    }

    [Fact]
    public async Task A_CPU_that_is_not_there_is_said_so()
    {
        var (exitCode, output, error) = await InvokeAsync("noise", "--cpus", "0,8000", "--duration", "10s");
        Assert.Equal((AgentCommand.NotDone, ""), (exitCode, output));
        Assert.Contains("cannot run on CPU 8000", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cpus: \"x\"", "--cpus", "x")]
    [InlineData("--duration: \"0s\"", "--cpus", "0", "--duration", "0s")]
    [InlineData("--duration: \"2days\"", "--cpus", "0", "--duration", "2days")]
    public async Task What_cannot_be_is_a_usage_error(string problem, params string[] arguments)
    {
        var (exitCode, _, error) = await InvokeAsync(["noise", .. arguments]);
        Assert.Equal(AgentCommand.Usage, exitCode);
        Assert.StartsWith(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_comes_from_the_tuning_or_from_the_tree()
    {
        using var tree = new FakeTree().File("/sys/devices/system/cpu/isolated", "8000").File("/tuning.yaml", "cpu: {isolated: '7000'}");
        var (exitCode, _, error) = await InvokeAsync("noise", "--tuning", tree.Root + "/tuning.yaml");
        Assert.Equal(AgentCommand.NotDone, exitCode);
        Assert.Contains("cannot run on CPU 7000", error, StringComparison.Ordinal);
        (_, _, error) = await InvokeAsync("noise", "--root", tree.Root);
        Assert.Contains("cannot run on CPU 8000", error, StringComparison.Ordinal);
        tree.File("/tuning.yaml", "noiseCheck: {duration: 2days}");
        (exitCode, _, error) = await InvokeAsync("noise", "--cpus", "0", "-f", tree.Root + "/tuning.yaml");
        Assert.Equal(AgentCommand.Usage, exitCode);
        Assert.StartsWith("--duration: \"2days\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_result_is_a_table_or_JSON()
    {
        var (exitCode, output, _) = await InvokeAsync("noise", "--cpus", "0", "--duration", "50ms");
        Assert.Equal(AgentCommand.Done, exitCode);
        Assert.StartsWith("CPU  MAX ns", output, StringComparison.Ordinal);
        (_, output, _) = await InvokeAsync("noise", "--cpus", "0", "--duration", "50ms", "-o", "json");
        Assert.Equal(0, System.Text.Json.Nodes.JsonNode.Parse(output)!["cpus"]![0]!["cpu"]!.GetValue<int>());
    }

    private static async Task<(int ExitCode, string Output, string Error)> InvokeAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await AgentCommand.InvokeAsync(arguments, output, error), output.ToString(), error.ToString());
    }
}
