using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>One sysctl. <c>net.*</c> are those of the network namespace that the agent runs in.</summary>
internal sealed partial class SysctlKnob(string name) : Knob($"{Prefix}[{name}]")
{
    public static readonly KnobKind Kind = new(Prefix, "Sysctls by dotted name", "admin-guide/sysctl/", Wishes, FromKey);

    private const string Prefix = "kernel.sysctls";
    private const int MaxValueLength = 1024;

    public override string Evidence { get; } = "/proc/sys/" + name.Replace('.', '/');

    public override KnobReading Read(HostView host) => host.Files.Read(Evidence) switch
    {
        { Text: { } text } => KnobReading.Of(Normalised(text)),
        { Problem: { } problem } => KnobReading.Failed($"{Evidence}: {problem}"),
        _ => KnobReading.Unsupported($"this kernel has no {Evidence}; take {name} out of the spec, or run a kernel that has it"),
    };

    public override string? Write(HostView host, string value) =>
        host.Files.WriteAttribute(Evidence, value) is { } problem ? $"{Evidence}: the kernel refused \"{value}\": {problem}" : null;

    /// <summary>The kernel prints several values with tabs between them, whatever was written.</summary>
    public override bool Same(string left, string right) => Normalised(left) == Normalised(right);

    private static string Normalised(string value) => string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec)
    {
        foreach (var (name, value) in spec.Kernel?.Sysctls ?? new Dictionary<string, string>())
        {
            yield return Reason(name, value) is { } reason
                ? Wish.Refused($"{Prefix}[{Printable(name)}]", Printable(value), reason)
                : Wish.For(new SysctlKnob(name), Normalised(value));
        }
    }

    private static SysctlKnob? FromKey(string key) => IsName(key) ? new(key) : null;

    private static string? Reason(string name, string? value) => 0 switch
    {
        _ when !IsName(name) => "not a sysctl of kernel, vm, net or fs; write it dotted, as sysctl(8) prints it, e.g. vm.stat_interval",
        _ when ForbiddenSysctls.Reason(name) is { } reason => reason,
        _ when string.IsNullOrWhiteSpace(value) => "an empty value cannot be read back; write the value",
        _ when value.Length > MaxValueLength => $"the value has {value.Length} characters; at most {MaxValueLength} are written",
        _ when value.Any(c => c != '\t' && (c < ' ' || c > '~')) => "a line end or another character in it that no sysctl takes; write ASCII",
        _ => null,
    };

    // "$" also matches before a line end at the end of the text.
    private static bool IsName(string name) => Name().IsMatch(name) && !name.EndsWith('\n') && name.Length <= 256;

    private static string Printable(string? text) => new([.. (text ?? "").Take(80).Select(c => c is < ' ' or > '~' ? '?' : c)]);

    [GeneratedRegex(Names.Sysctl)]
    private static partial Regex Name();
}
