using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>
/// A veth pair. A device is ours by its alias <c>latlab:NAME</c>, or by the MAC address that only we give it: the agent may be killed
/// before it sets the alias, and somebody else may change it. No other device is ever touched.
/// </summary>
internal sealed partial class VirtualWireKnob(string name) : Knob($"{Prefix}[{name}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FromKey, new(
        "A testbed without hardware: a veth pair.", "ip -j -d link show NAME-a", "ip-link(8)", "Software timestamps only"));

    private const string Prefix = "virtualWires";
    private const string Absent = "absent";
    private const string UpWithMtu = "up, mtu ";

    private readonly VirtualWire _wire = new() { Name = name };

    public override string Evidence => $"ip -j -d link show {_wire.EndA}";

    private string Alias => $"latlab:{name}";

    private string[] Ends => [_wire.EndA, _wire.EndB];

    public override KnobReading Read(HostView host)
    {
        if (host.Links.TryRead(out var problem) is not { } table)
        {
            return KnobReading.Failed(problem!);
        }

        var found = Found(table);
        var foreign = found.Find(link => !IsOurs(link));
        return foreign is not null && !found.Exists(IsOurs)
            ? KnobReading.Refused(Foreign(foreign))
            : KnobReading.Of(found.Count == 0 ? Absent : Describe(host, found));
    }

    /// <summary>A wire of ours was not there before us, even when the journal that said so is lost.</summary>
    public override string Journal(KnobReading before) => Absent;

    public override string? Write(HostView host, string value)
    {
        if (Read(host) is { Value: null } unreadable)
        {
            return unreadable.Reason;
        }

        var found = Found(host.Links.TryRead(out _)!);
        if (value == Absent)
        {
            return found.Find(IsOurs) is { } ours ? host.Links.Change("delete", "dev", ours.Name) : null;
        }

        if (found.Find(link => !IsOurs(link)) is { } foreign)
        {
            return Foreign(foreign);
        }

        var mtu = value[UpWithMtu.Length..];
        return Pair(host, found, mtu) ?? Ends.Select(end => Silence(host, end, mtu)).FirstOrDefault(failure => failure is not null);
    }

    public override string Shortfall(string wished, string found) => $"asked for \"{wished}\", found \"{found}\"";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        spec.VirtualWires.Select(wire => WireName().IsMatch(wire.Name) && !wire.Name.EndsWith('\n') && wire.Mtu is >= 68 and <= 65_535
            ? Wish.For(new VirtualWireKnob(wire.Name), UpWithMtu + wire.Mtu.ToString(CultureInfo.InvariantCulture))
            : Wish.Refused(
                $"{Prefix}[{wire.Name}]",
                UpWithMtu + wire.Mtu.ToString(CultureInfo.InvariantCulture),
                "no such wire can be; its name has at most 13 of a-z and 0-9 and starts with a letter, its MTU is 68 to 65535"));

    private static VirtualWireKnob? FromKey(string key) => WireName().IsMatch(key) ? new(key) : null;

    /// <summary>Makes the pair unless a whole one is there. What is left of a broken one is ours, and goes first.</summary>
    private string? Pair(HostView host, List<Link> found, string mtu)
    {
        if (found.Count == 2 && found[0].Peer == found[1].Name)
        {
            return null;
        }

        foreach (var end in found)
        {
            // Deleting one end deletes its peer, which may be the other one found.
            var isThere = host.Links.TryRead(out _)?.Any(link => link.Name == end.Name) == true;
            if (isThere && host.Links.Change("delete", "dev", end.Name) is { } failure)
            {
                return failure;
            }
        }

        return host.Links.Change(
            "add", _wire.EndA, "address", Address(_wire.EndA), "mtu", mtu, "type", "veth",
            "peer", "name", _wire.EndB, "address", Address(_wire.EndB), "mtu", mtu);
    }

    private string? Silence(HostView host, string end, string mtu)
    {
        var hasIpv6 = host.Links.TryRead(out _)?.Any(link => link.Name == end && link.Ipv6Addresses is not null) == true;
        string[] withoutIpv6 = hasIpv6 ? ["addrgenmode", "none"] : [];
        if (host.Links.Change(["set", "dev", end, "alias", Alias, "arp", "off", "mtu", mtu, .. withoutIpv6]) is { } failure)
        {
            return failure;
        }

        // Without a link-local address there is no router solicitation; a router would still send MLD reports, hence this, too.
        if (!host.Files.Read(Ipv6Switch(end)).IsMissing && host.Files.WriteAttribute(Ipv6Switch(end), "1") is { } problem)
        {
            return $"{Ipv6Switch(end)}: {problem}";
        }

        return host.Links.Change("set", "dev", end, "up");
    }

    private List<Link> Found(IReadOnlyList<Link> table) =>
        [.. table.Where(link => Ends.Contains(link.Name)).OrderBy(link => link.Name, StringComparer.Ordinal)];

    private static string Foreign(Link link) =>
        $"a device {link.Name} that latlab did not make is here; choose another name for the wire, or remove that device";

    /// <summary>"up, mtu 1500" when all is well; otherwise every deviation is in the text.</summary>
    private string Describe(HostView host, List<Link> found)
    {
        if (found.Find(link => !IsOurs(link)) is { } foreign)
        {
            return $"broken, {foreign.Name} is not latlab's";
        }

        if (found.Count < 2 || found[0].Peer != found[1].Name)
        {
            return $"broken, only {string.Join(" and ", found.Select(link => link.Name))} of it here";
        }

        List<string> words = [found.TrueForAll(link => link.IsUp) ? "up" : $"{found.Find(link => !link.IsUp)!.Name} down"];
        words.Add("mtu " + string.Join('/', found.Select(link => link.Mtu).Distinct()));
        words.AddRange(found.Where(link => !link.Flags.Contains("NOARP")).Select(link => $"ARP on at {link.Name}"));
        words.AddRange(found.Where(link => HasIpv6(host, link)).Select(link => $"IPv6 on at {link.Name}"));
        words.AddRange(found.Where(link => link.Alias != Alias).Select(link => $"{link.Name} not yet marked"));
        return string.Join(", ", words);
    }

    private static bool HasIpv6(HostView host, Link link) =>
        link.Ipv6Addresses is not (null or "none") || host.Files.Read(Ipv6Switch(link.Name)) is { Text: not (null or "1") };

    private static string Ipv6Switch(string device) => $"/proc/sys/net/ipv6/conf/{device}/disable_ipv6";

    private bool IsOurs(Link link) => link.IsVeth && (link.Alias == Alias || link.Address == Address(link.Name));

    /// <summary>A locally administered address, the same at each making, so that what learnt it stays right.</summary>
    private static string Address(string device)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes("latlab:" + device));
        return string.Create(CultureInfo.InvariantCulture, $"02:6c:{hash[0]:x2}:{hash[1]:x2}:{hash[2]:x2}:{hash[3]:x2}");
    }

    [GeneratedRegex(Names.Wire)]
    private static partial Regex WireName();
}
