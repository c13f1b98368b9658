namespace Latlab.NodeAgent.Boot;

/// <summary>
/// Boot Loader Specification entries by <c>grubby(8)</c>, as RHEL and Fedora have them. It changes the entries of all kernels that are installed; on RHEL 9 and later new ones take
/// <c>/etc/kernel/cmdline</c>, which grubby keeps, too.
/// </summary>
internal sealed class GrubbyLoader : ToolLoader
{
    public override string Name => "grubby";

    public override string File => "grubby --info=ALL";

    protected override string Program => "grubby";

    protected override IReadOnlyList<string> Show => ["--info=ALL"];

    /// <summary>A rescue kernel keeps what it was installed with: a way back.</summary>
    protected override IReadOnlyList<IReadOnlyList<string>> Lines(string output) => [.. output
        .Split("index=", StringSplitOptions.RemoveEmptyEntries)
        .Where(entry => !entry.Contains("-rescue-", StringComparison.Ordinal))
        .Select(entry => entry.Split('\n').FirstOrDefault(line => line.StartsWith("args=", StringComparison.Ordinal)))
        .OfType<string>()
        .Select(line => BootWords.Of(line["args=".Length..].Trim('"')))];

    protected override IReadOnlyList<string> Change(IReadOnlyList<string> leaving, IReadOnlyList<string> coming) =>
    [
        "--update-kernel=ALL",
        .. leaving.Count > 0 ? [$"--remove-args={string.Join(' ', leaving)}"] : Array.Empty<string>(),
        .. coming.Count > 0 ? [$"--args={string.Join(' ', coming)}"] : Array.Empty<string>(),
    ];
}
