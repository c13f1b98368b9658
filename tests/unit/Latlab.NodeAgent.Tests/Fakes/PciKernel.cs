using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// A kernel that acts on what is written to the files of a <see cref="PciTree"/>, and an <c>ip</c> that shows its network devices. Its
/// words for refusals are the kernel's.
/// </summary>
internal sealed class PciKernel(IHost inner, PciTree tree) : WrappedHost(inner)
{
    private const string Bus = "/sys/bus/pci/";

    /// <summary>Every write, and every program that changes something.</summary>
    public List<string> Done { get; } = [];

    /// <summary>All programs that were started.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>The kernel's word for a write that it refuses; null to take it.</summary>
    public Func<string, string, string?> Refuses { get; set; } = (_, _) => null;

    /// <summary>Drivers that probe a device and do not take it.</summary>
    public string? Unwilling { get; set; }

    /// <summary>Most virtual functions that a driver makes, whatever it says of itself.</summary>
    public int MostFunctions { get; set; } = int.MaxValue;

    public string Addresses { get; set; } = "[]";

    public string Routes { get; set; } = "[]";

    public string Routes6 { get; set; } = "[]";

    /// <summary>Further links, as JSON objects with a comma before each.</summary>
    public string MoreLinks { get; set; } = "";

    /// <summary>What is in each link, e.g. <c>ens1f0</c> and <c>"master":"bond0"</c>.</summary>
    public Dictionary<string, string> InLink { get; } = [];

    public bool IpFails { get; set; }

    /// <summary>Called before a program answers.</summary>
    public Action<string> OnRun { get; set; } = _ => { };

    public override string? WriteAttribute(string path, string value)
    {
        Done.Add($"{path} {value}");
        if (Refuses(path, value) is { } word)
        {
            return word;
        }

        if (!path.StartsWith(Bus, StringComparison.Ordinal))
        {
            return base.WriteAttribute(path, value);
        }

        var parts = path[Bus.Length..].Split('/');
        return parts switch
        {
            ["devices", var device, "driver_override"] => Override(device, value),
            ["devices", var device, "driver", "unbind"] when device == value => Unbind(device),
            ["drivers", var driver, "bind"] => tree.Tree.Host.RealPath($"{Bus}drivers/{driver}") is null ? "No such file or directory" : Bind(value, driver),
            ["drivers_probe"] => Probe(value),
            ["devices", var device, "sriov_numvfs"] => Functions(device, int.Parse(value, CultureInfo.InvariantCulture)),
            _ => base.WriteAttribute(path, value),
        };
    }

    public override CommandOutcome Run(string program, IReadOnlyList<string> arguments)
    {
        var command = string.Join(' ', arguments);
        Commands.Add(command);
        OnRun(command);
        if (IpFails)
        {
            return new(1, "", "Cannot open netlink socket");
        }

        if (command.StartsWith("link set dev", StringComparison.Ordinal))
        {
            Done.Add(command);
            var function = PciTree.Function(PciTree.Port, int.Parse(arguments[5], CultureInfo.InvariantCulture));
            var flags = tree.Fake(function, "flags").Split(' ');
            flags[Array.IndexOf(flags, arguments[6]) + 1] = arguments[7];
            tree.Tree.File($"/fake/{function}/flags", string.Join(' ', flags));
            return new(0, "", "");
        }

        return new(0, command switch
        {
            "-j -d link show" => Links(),
            "-j addr show" => Addresses,
            "-j -4 route show table all" => Routes,
            "-j -6 route show table all" => Routes6,
            _ => throw new InvalidOperationException(command),
        }, "");
    }

    private string Links() => $$"""
        [{"ifname":"lo","flags":["LOOPBACK","UP"],"mtu":65536}{{MoreLinks}}{{string.Concat(tree.Netdevs.Select(Link))}}]
        """;

    private string Link(string netdev)
    {
        var more = InLink.TryGetValue(netdev, out var text) ? "," + text : "";
        var functions = netdev == "ens1f0" ? string.Join(',', Enumerable.Range(0, 8).Where(n => tree.Has(PciTree.Function(PciTree.Port, n))).Select(Function)) : "";
        return $$""",{"ifname":"{{netdev}}","flags":["UP","LOWER_UP"],"mtu":1500,"vfinfo_list":[{{functions}}]{{more}}}""";
    }

    private string Function(int number)
    {
        var flags = tree.Fake(PciTree.Function(PciTree.Port, number), "flags").Split(' ').Chunk(2)
            .Where(flag => flag[1] != "untold").Select(flag => $"\"{flag[0]}\":{(flag[1] == "on" ? "true" : "false")}");
        return $$"""{"vf":{{number}},{{string.Join(',', flags)}}}""";
    }

    private string? Override(string device, string value)
    {
        tree.Set(device, "driver_override", value.Length == 0 ? "(null)" : value);
        return null;
    }

    private string? Unbind(string device)
    {
        if (tree.DriverOf(device) == "none")
        {
            return "No such device";
        }

        // The real one would not come back before the program ends.
        Assert.False(tree.DriverOf(device) == "vfio-pci" && tree.Text(device, "enable") != "0", $"{device} is unbound while a program has it open");
        tree.Unbind(device);
        return null;
    }

    private string? Bind(string device, string driver)
    {
        var only = tree.Text(device, "driver_override");
        if (tree.DriverOf(device) != "none" || (only == "(null)" ? driver != tree.Fake(device, "own") || !Probed(device) : driver != only) || driver == Unwilling)
        {
            return "No such device";
        }

        tree.Bind(device, driver);
        return null;
    }

    private string? Probe(string device)
    {
        var only = tree.Text(device, "driver_override");
        _ = tree.DriverOf(device) == "none" ? Bind(device, only == "(null)" ? tree.Fake(device, "own") : only) : null;
        return null;
    }

    private bool Probed(string device)
    {
        var port = tree.Tree.Host.RealPath($"{Bus}devices/{device}/physfn")?.Split('/')[^1];
        return port is null || tree.Text(port, "sriov_drivers_autoprobe") == "1";
    }

    private string? Functions(string device, int number)
    {
        var had = int.Parse(tree.Text(device, "sriov_numvfs"), CultureInfo.InvariantCulture);
        if (had > 0 && number > 0 && had != number)
        {
            return "Device or resource busy";
        }

        if (number > int.Parse(tree.Text(device, "sriov_totalvfs"), CultureInfo.InvariantCulture))
        {
            return "Numerical result out of range";
        }

        for (var i = 0; i < had && number == 0; i++)
        {
            tree.RemoveFunction(device, i);
        }

        var made = Math.Min(number, MostFunctions);
        for (var i = 0; i < made && had == 0; i++)
        {
            tree.AddFunction(device, i, probe: tree.Text(device, "sriov_drivers_autoprobe") == "1");
        }

        tree.Set(device, "sriov_numvfs", $"{made}");
        return null;
    }
}
