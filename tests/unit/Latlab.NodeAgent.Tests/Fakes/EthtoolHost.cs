using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// A machine with network devices whose queues ethtool shows and sets, and with routes. Its programs are never really started.
/// </summary>
internal sealed class EthtoolHost(FakeTree tree) : WrappedHost(tree.Host)
{
    private const int Most = 8;

    /// <summary>What <c>ip -j route show</c> prints.</summary>
    public string Routes { get; init; } = """[{"dst":"default","gateway":"192.0.2.1","dev":"eth0"}]""";

    public string Links { get; init; } = """[{"ifname":"lo"},{"ifname":"eth0"},{"ifname":"ens1f0"}]""";

    /// <summary>What <c>ip -j addr show</c> prints.</summary>
    public string Addresses { get; init; } = "[]";

    public string? RoutesError { get; init; }

    public List<string> Commands { get; } = [];

    public static FakeTree Tree() => FakeTree.WithCpus().File(File("ens1f0"), "8").File(File("eth0"), "8");

    public static string File(string device) => $"/test/ethtool/{device}";

    public override CommandOutcome Run(string program, IReadOnlyList<string> arguments)
    {
        Commands.Add($"{program} {string.Join(' ', arguments)}");
        return (program, arguments) switch
        {
            ("ethtool", ["-l", var device]) => Read(File(device)) switch
            {
                { Text: "unsupported" } => new(1, "", "netlink error: Operation not supported"),
                { Text: "apart" } => new(0, Shown(device, "n/a", "n/a"), ""),
                { Text: { } count } => new(0, Shown(device, $"{Most}", count), ""),
                _ => new(1, "", "netlink error: no device matches name"),
            },
            ("ethtool", ["-L", var device, "combined", var count]) => int.Parse(count, null) > Most
                ? new(1, "", "netlink error: requested channel count exceeds maximum")
                : new(WriteAttribute(File(device), count) is null ? 0 : 1, "", ""),
            ("ip", [.., "addr", "show"]) => new(0, Addresses, ""),
            ("ip", [.., "link", "show"]) => new(0, Links, ""),
            ("ip", ["-j", "-4", "route", "show", "table", "all"]) => RoutesError is null ? new(0, Routes, "") : new(1, "", RoutesError),
            ("ip", ["-j", "-6", "route", "show", "table", "all"]) => new(0, "", ""),
            _ => throw new InvalidOperationException(Commands[^1]),
        };
    }

    private static string Shown(string device, string most, string current) => $"""
        Channel parameters for {device}:
        Pre-set maximums:
        RX:		n/a
        TX:		n/a
        Other:		1
        Combined:	{most}
        Current hardware settings:
        RX:		n/a
        TX:		n/a
        Other:		1
        Combined:	{current}
        """;
}
