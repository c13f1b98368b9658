using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Cli.Forwarding;
using Latlab.Cli.Reports;
using Latlab.Crds;
using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab forward</c>: becomes testpmd.</summary>
internal static partial class ForwardCommand
{
    public static Command Create()
    {
        var mode = Mode();
        var ports = Ports();
        var cpus = RunOptions.Number("--cpus", "CPUs to use of those that this process may use", "N", 1, CpuChoice.Most, 1);
        var memory = RunOptions.Number("--memory-mib", "DPDK's memory in MiB", "MIB", 64, 1_048_576);
        var hugePages = new Option<bool>("--hugepages") { Description = "Take that memory from hugepages" };
        var filePrefix = FilePrefix();
        var report = RunOptions.Report();
        var command = new Command(
            "forward",
            "Become DPDK's testpmd, forwarding between two network devices. Of the CPUs that this process may use it is pinned to the N with "
            + "the highest numbers, to all when there are fewer: the main lcore to the first of them, a forwarding lcore to each other one; "
            + "when there is but one, both share it")
        {
            mode, ports, cpus, memory, hugePages, filePrefix, report,
        };
        command.SetAction(result => Outcome.Of(
            "forward",
            result.GetValue(report),
            PodReportJson.Default.ForwarderReport,
            () => Become(
                new TestpmdSettings(
                    result.GetValue(mode),
                    result.GetRequiredValue(ports),
                    result.GetValue(memory),
                    result.GetValue(hugePages),
                    result.GetRequiredValue(filePrefix)),
                result.GetValue(cpus),
                result.GetValue(report)),
            error => new ForwarderReport { Error = error, Cpus = AllowedCpus.OfThisProcess() }));
        return command;
    }

    private static Option<string> FilePrefix() => new("--file-prefix")
    {
        Description = "Name of this DPDK process among others; its telemetry is below /var/run/dpdk/NAME",
        HelpName = "NAME",
        Required = true,
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (!FilePrefixPattern().IsMatch(text))
            {
                argument.AddError($"--file-prefix: \"{text}\" is not possible; write at most 64 letters, digits, dashes and underscores");
            }

            return text;
        },
    };

    /// <summary>Does not return, other than by an exception: what follows is testpmd.</summary>
    private static ForwarderReport Become(TestpmdSettings settings, int cpusAsked, string? reportPath)
    {
        if (settings.Ports.FirstOrDefault(port => !NetworkDevice.Exists(port)) is { } missing)
        {
            throw new CommandFailedException(
                $"{missing}: no such network device to forward on; see \"ip link\" in the same network namespace for those there are");
        }

        var path = ProcessReplacement.Find(TestpmdCommandLine.Program);
        var allowed = AllowedCpus.OfThisProcess()
            ?? throw new CommandFailedException("/proc/self/status: does not say which CPUs this process may use; mount /proc");
        var choice = CpuChoice.From(CpuList.Parse(allowed), cpusAsked);
        var arguments = TestpmdCommandLine.Build(settings, choice.Cpus);
        var report = new ForwarderReport
        {
            Cpus = CpuList.Format(choice.Cpus),
            Exclusive = choice.Exclusive,
            Command = string.Join(' ', arguments),
            DpdkVersion = DpdkVersion.Find(),
        };
        if (!choice.Exclusive)
        {
            var remedy = choice.Cpus.Count < cpusAsked
                ? "those are fewer; ask for as many as the node gives"
                : "others use them, too; set kubelet's CPU manager policy to static for CPUs of its own";
            Console.Error.WriteLine($"latlab forward: asked for {cpusAsked} CPU(s), allowed {allowed}, pinned to {report.Cpus}: {remedy}");
        }

        PodReportFile.Write(reportPath, report, PodReportJson.Default.ForwarderReport);
        ProcessReplacement.Become(path, arguments);
        return report;
    }

    private static Option<ForwardingMode> Mode()
    {
        var names = Enum.GetValues<ForwardingMode>().ToDictionary(TestpmdCommandLine.NameOf);
        return new Option<ForwardingMode>("--mode")
        {
            Description = $"testpmd's forwarding mode: {string.Join(", ", names.Keys)}",
            HelpName = "MODE",
            Required = true,
            CustomParser = argument =>
            {
                var text = argument.Tokens[0].Value;
                if (!names.TryGetValue(text, out var mode))
                {
                    argument.AddError($"--mode: \"{text}\" is not a forwarding mode; choose one of {string.Join(", ", names.Keys)}");
                }

                return mode;
            },
        };
    }

    private static Option<string[]> Ports()
    {
        const int wanted = 2;
        return new Option<string[]>("--port")
        {
            Description = "Network device to forward on; given twice: what arrives at one leaves at the other",
            HelpName = "DEV",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = argument =>
            {
                var names = argument.Tokens.Select(token => RunOptions.DeviceName(argument, token.Value) ?? "").ToArray();
                if (names.Length != wanted || names[0] == names[1])
                {
                    argument.AddError(string.Create(
                        CultureInfo.InvariantCulture,
                        $"--port: got {names.Distinct().Count()} device(s); name two different ones"));
                }

                return names;
            },
        };
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex FilePrefixPattern();
}
