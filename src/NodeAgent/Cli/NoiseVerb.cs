using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Latlab.Crds;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Noise;

namespace Latlab.NodeAgent.Cli;

/// <summary>How quiet are these CPUs? Needs no Kubernetes.</summary>
internal static class NoiseVerb
{
    private const int MostRows = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static Command Command()
    {
        var cpus = new Option<string?>("--cpus")
        {
            Description = "CPUs to look at, e.g. 2-5; when left out, the tuning's cpu.isolated, or what the kernel isolates",
            HelpName = "LIST",
        };
        var duration = new Option<string?>("--duration")
        {
            Description = "How long, e.g. 60s; rare disturbances need long. When left out, the tuning's noiseCheck.duration, or 10s",
            HelpName = "TIME",
        };
        var tuning = CommonOptions.Tuning(required: false);
        var root = CommonOptions.Root();
        var format = new Option<OutputFormat>("--output", "-o") { Description = "How to print the result" };
        var command = new Command(
            "noise",
            "Keep CPUs busy with looking at the clock, and say how long each was taken away, and by what. Whatever runs there is slowed "
            + "down meanwhile.")
        {
            cpus, duration, tuning, root, format,
        };
        command.SetAction((parsed, stop) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            var problem = "";
            var spec = parsed.GetValue(tuning) is { } file ? TuningFile.TryRead(file, out problem) : new();
            if (spec is null)
            {
                error.WriteLine(problem);
                return Task.FromResult(AgentCommand.Usage);
            }

            var time = parsed.GetValue(duration) ?? spec.NoiseCheck?.Duration ?? new NoiseCheckTuning().Duration;
            if (!LengthOfTime.TryParse(time, out var length) || length <= TimeSpan.Zero || length > Longest)
            {
                error.WriteLine($"--duration: \"{time}\" is no such time; write 1ms to 24h, e.g. 60s");
                return Task.FromResult(AgentCommand.Usage);
            }

            var host = new HostRoot(parsed.GetValue(root)!);
            if (Chosen(parsed.GetValue(cpus) ?? spec.Cpu?.Isolated, host, out problem) is not { } chosen)
            {
                error.WriteLine(problem);
                return Task.FromResult(AgentCommand.Usage);
            }

            try
            {
                Print(parsed.InvocationConfiguration.Output, parsed.GetValue(format), NoiseCheck.Run(host, chosen, length, stop));
                return Task.FromResult(AgentCommand.Done);
            }
            catch (IOException exception)
            {
                error.WriteLine(exception.Message);
                return Task.FromResult(AgentCommand.NotDone);
            }
        });
        return command;
    }

    private static IReadOnlyList<int>? Chosen(string? list, HostRoot host, out string problem)
    {
        const string isolated = "/sys/devices/system/cpu/isolated";
        if (list is not null)
        {
            problem = $"--cpus: \"{list}\" is no list of CPUs; write e.g. 2-5,8";
            return CpuList.TryParse(list, out var cpus) ? cpus : null;
        }

        problem = $"--cpus: the kernel isolates none ({isolated} is empty); name some, e.g. --cpus 2-5";
        return CpuList.TryParse(host.Read(isolated).Text, out var found) ? found : null;
    }

    private static void Print(TextWriter output, OutputFormat format, NoiseReport report)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, NoiseJson.Default.NoiseReport));
            return;
        }

        Output.Table(output, ["CPU", "MAX ns", "GAPS >= 1 us", "TAKEN AWAY", "PREEMPTED", "SMI"], report.Cpus.Select(cpu => new[]
        {
            Text(cpu.Cpu), Text(cpu.MaxNs), Text(cpu.Gaps),
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * cpu.NoiseNs / Math.Max(1, cpu.DurationNs):0.0000} %"),
            cpu.Preemptions is { } preemptions ? Text(preemptions) : "-", cpu.Smis is { } smis ? Text(smis) : "-",
        }));
        foreach (var cpu in report.Cpus)
        {
            output.WriteLine();
            output.WriteLine($"CPU {cpu.Cpu}: gaps from ns: {string.Join("  ", cpu.Histogram.Select(bucket => $"{bucket.FromNs}: {bucket.Count}"))}");
            output.WriteLine($"CPU {cpu.Cpu}: interrupts: {(cpu.Interrupts.Count == 0 ? "none" : string.Join("  ", cpu.Interrupts.Take(MostRows).Select(row => $"{row.Row} ({row.Description}): {row.Count}")))}");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
