namespace Latlab.NodeAgent.Boot;

/// <summary><c>rpm-ostree kargs</c>, as CoreOS has it: a change makes a new deployment, and the former one stays in the menu.</summary>
internal sealed class RpmOstreeLoader : ToolLoader
{
    public override string Name => "rpm-ostree";

    public override string File => "rpm-ostree kargs";

    protected override string Program => "rpm-ostree";

    protected override IReadOnlyList<string> Show => ["kargs"];

    protected override IReadOnlyList<IReadOnlyList<string>> Lines(string output) => BootWords.Of(output) is { Count: > 0 } words ? [words] : [];

    protected override IReadOnlyList<string> Change(IReadOnlyList<string> leaving, IReadOnlyList<string> coming) =>
        ["kargs", .. leaving.Concat(coming).Distinct().Select(word => $"--delete-if-present={word}"), .. coming.Select(word => $"--append={word}")];
}
