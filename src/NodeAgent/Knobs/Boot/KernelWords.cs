using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// What the kernel said of its arguments as it booted, each where the agent may read it. What it does not know, or does not take, it hands
/// on to the first program: <c>a=b</c> in the environment, plain words as arguments; since 5.14 its log has a line of it, too
/// (<c>unknown_bootoption</c> and <c>print_unknown_bootoptions</c> in <c>init/main.c</c>).
/// </summary>
internal sealed class KernelWords
{
    public const string Log = "/dev/kmsg";
    private const string Environment = "/proc/1/environ";
    private const string Arguments = "/proc/1/cmdline";
    private const string Unknown = "Unknown kernel command line parameters \"";

    /// <summary>How 5.14 and 5.15 began that line; blanks and words follow, without quotes.</summary>
    private const string UnknownAtFirst = "Unknown command line parameters:";

    /// <summary>Just before which the line of what is unknown stands, if there is one.</summary>
    private const string Booted = "Kernel command line: ";

    private const string FirstToSay = "5.14";

    /// <summary>Of <c>housekeeping_setup</c> in <c>kernel/sched/isolation.c</c>.</summary>
    private const string NoHzUnsupported = "Housekeeping: nohz unsupported";

    private readonly bool _seesLog;
    private readonly bool _seesEnvironment;
    private readonly bool _seesArguments;
    private readonly List<string> _log;
    private readonly List<(string File, string Line, CommandLine Words)> _handedOn;

    private KernelWords(IHost host)
    {
        var log = host.ReadLog(Log).Text;
        var (environment, arguments) = (host.Read(Environment).Text, host.Read(Arguments).Text);
        _log = [.. (log ?? "").Split('\n').Select(record => record[(record.IndexOf(';', StringComparison.Ordinal) + 1)..])];
        _handedOn =
        [
            .. _log.Where(line => line.StartsWith(Unknown, StringComparison.Ordinal)).Select(line => (Log, Unknown, Quoted(line))),
            .. _log.Where(line => line.StartsWith(UnknownAtFirst, StringComparison.Ordinal))
                .Select(line => (Log, $"{UnknownAtFirst} \"", new CommandLine(line[UnknownAtFirst.Length..]))),
            (Environment, "", Words(environment?.Split('\0'))),
            (Arguments, "", Words(arguments?.Split('\0').Skip(1))),
        ];
        _seesLog = _handedOn[0].File == Log || (_log.Exists(line => line.StartsWith(Booted, StringComparison.Ordinal))
            && KernelRelease.Compare(host.Read("/proc/sys/kernel/osrelease").Text ?? "", FirstToSay) >= 0);
        _seesEnvironment = environment is not null;
        _seesArguments = arguments is not null;
    }

    /// <summary>The kernel's words, looked for once a look.</summary>
    public static KernelWords Of(HostView host) => host.Once(typeof(KernelWords), () => new KernelWords(host.Files));

    /// <summary>Whether it would be seen if the kernel had handed an argument on.</summary>
    public bool AreSeenOf(KernelArgument argument) =>
        _seesLog || (argument.Value is null ? _seesArguments : _seesEnvironment);

    /// <summary>Where it shows that the kernel did not take an argument, and how; null when it does not.</summary>
    public (string File, string How)? HandedOn(KernelArgument argument)
    {
        var (file, line, _) = _handedOn.Find(words => words.Words.Of(argument.Name).Contains(argument.Value));
        return file is null ? null : (file, line.Length > 0 ? $"{file} has {line}… {argument} …\"" : $"it handed {argument} on to the first program ({file})");
    }

    /// <summary>Where the kernel says that it has no CPUs without a tick; null when it does not.</summary>
    public (string File, string How)? LacksNoHz =>
        _log.Find(line => line.StartsWith(NoHzUnsupported, StringComparison.Ordinal)) is { } line ? (Log, $"{Log} has \"{line}\"") : null;

    /// <summary>
    /// The CPUs whose RCU callbacks it said to be elsewhere (<c>rcu_init_nohz</c> in <c>kernel/rcu/tree_nocb.h</c>); null when no such line is
    /// there.
    /// </summary>
    public IReadOnlyList<int>? Offloaded
    {
        get
        {
            const string said = "Offload RCU callbacks from CPUs: ";
            var line = _log.Find(line => line.Contains(said, StringComparison.Ordinal));
            return line is not null && CpuList.TryParse(line[(line.IndexOf(said, StringComparison.Ordinal) + said.Length)..].TrimEnd('.'), out var cpus) ? cpus : null;
        }
    }

    /// <summary>What it said of isolated CPUs, e.g. why it did not isolate them; null for nothing.</summary>
    public string? OfIsolation => _log.Find(line => line.StartsWith("Housekeeping: ", StringComparison.Ordinal) || line.StartsWith("isolcpus: ", StringComparison.Ordinal)) is { } line
        ? $"{Log} has \"{line}\""
        : null;

    private static CommandLine Quoted(string line) => new(line[Unknown.Length..(line.LastIndexOf('"') is var end && end > Unknown.Length ? end : line.Length)]);

    /// <summary>Such a word has no blank; variables that others set may have some.</summary>
    private static CommandLine Words(IEnumerable<string>? words) => new(string.Join(' ', (words ?? []).Where(word => !word.Any(char.IsWhiteSpace))));
}
