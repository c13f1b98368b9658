using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Noise;

namespace Latlab.NodeAgent.Cli;

/// <summary>How quiet are these CPUs? Needs no Kubernetes.</summary>
internal static class NoiseVerb
{
    private const int MostRows = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static Command Command()
    {
        var cpus = new Option<string>("--cpus") { Description = "CPUs to look at, e.g. 2-5; what the kernel isolates when left out", HelpName = "LIST" };
        var duration = new Option<string>("--duration") { Description = "How long, e.g. 60s; rare disturbances need long", HelpName = "TIME", DefaultValueFactory = _ => "10s" };
        var format = new Option<OutputFormat>("--output", "-o") { Description = "How to print the result" };
        var command = new Command(
            "noise",
            "Keep CPUs busy with looking at the clock, and say how long each was taken away, and by what. Whatever runs there is slowed down meanwhile.")
        {
            cpus, duration, format,
        };
        command.SetAction((parsed, stop) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            if (!LengthOfTime.TryParse(parsed.GetValue(duration), out var length) || length <= TimeSpan.Zero || length > Longest)
            {
                error.WriteLine($"--duration: \"{parsed.GetValue(duration)}\" is no such time; write 1ms to 24h, e.g. 60s");
                return Task.FromResult(AgentCommand.Usage);
            }

            if (Chosen(parsed.GetValue(cpus), out var problem) is not { } chosen)
            {
                error.WriteLine(problem);
                return Task.FromResult(AgentCommand.Usage);
            }

            try
            {
                Print(parsed.InvocationConfiguration.Output, parsed.GetValue(format), NoiseCheck.Run(chosen, length, stop));
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

    private static IReadOnlyList<int>? Chosen(string? list, out string problem)
    {
        const string isolated = "/sys/devices/system/cpu/isolated";
        if (list is not null)
        {
            problem = $"--cpus: \"{list}\" is no list of CPUs; write e.g. 2-5,8";
            return CpuList.TryParse(list, out var cpus) ? cpus : null;
        }

        problem = $"--cpus: the kernel isolates none ({isolated} is empty); name some, e.g. --cpus 2-5";
        return File.Exists(isolated) && CpuList.TryParse(File.ReadAllText(isolated).Trim(), out var found) ? found : null;
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
