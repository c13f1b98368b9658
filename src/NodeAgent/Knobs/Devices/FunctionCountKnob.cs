using System.Globalization;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>
/// Number of virtual functions of a port, and whether the kernel probes drivers for new ones: it need not for those that go to vfio-pci,
/// and nothing on the node then gives their network devices addresses in between.
/// </summary>
/// <param name="address">The port's address on the PCI bus.</param>
/// <param name="wished">The number that the spec asks for; null when it is put back.</param>
internal sealed class FunctionCountKnob(string address, int? wished) : Knob($"{Prefix}[{address}]")
{
    public static readonly KnobKind Kind = new(
        Prefix,
        (spec, host) => ResolvedDevices.Of(spec, host).SelectMany(Wishes),
        key => PciBus.IsAddress(key) ? new FunctionCountKnob(key, null) : null,
        new(
            "Parts of a port that look like ports: one for a container or a virtual machine, without a switch in software.",
            "/sys/bus/pci/devices/ADDRESS/sriov_numvfs",
            "PCI/pci-iov-howto.rst, ABI/testing/sysfs-bus-pci",
            "Another number takes all of them away first; most drivers reset the port for it. Refused beyond sriov_totalvfs, "
            + "for a port that the node uses, for functions that latlab did not make, and while a program or a pod holds one of them. "
            + "Gone with the boot"));

    private const string Prefix = "devices.sriov.numVfs";
    private const string AutoprobePart = "autoprobe";

    /// <summary>ENOMEM of sriov_enable (<c>drivers/pci/iov.c</c>), for want of bus numbers or of a memory window; some drivers say ENOSPC.</summary>
    private static readonly string[] NoRoom = ["No space left on device", "Cannot allocate memory"];

    private const string Remedy = ": the firmware left no room for that many behind this port's bridge; switch SR-IOV (and memory above 4 GiB) on in the "
        + "firmware, or boot with pci=realloc (kernel.arguments)";

    public override string Evidence => $"{PciBus.Path(address)}/sriov_numvfs";

    private string Total => $"{PciBus.Path(address)}/sriov_totalvfs";

    private string Autoprobe => $"{PciBus.Path(address)}/sriov_drivers_autoprobe";

    public override KnobReading Read(HostView host)
    {
        if (PciBus.Find(host.Files, address) is not { } device)
        {
            return KnobReading.Gone($"this node has no PCI device {address}; lspci -D shows those that it has");
        }

        return host.Files.Read(Evidence) switch
        {
            { Text: { } text } when Number(text) is { } count =>
                KnobReading.Of(Value(host, text.Trim())).Objected(count == wished ? null : Against(host, device, wished)),
            { Problem: { } problem } => KnobReading.Failed($"{Evidence}: {problem}"),
            _ => KnobReading.Unsupported(
                $"{address} has no {Evidence}: it has no virtual functions, or they are switched off; switch SR-IOV on in the firmware "
                    + "of machine and card, or name another port"),
        };
    }

    /// <summary>Makes all of them, or leaves as many as there were.</summary>
    public override string? Write(HostView host, string value)
    {
        if (PciBus.Find(host.Files, address) is not { } device || Number(host.Files.Read(Evidence).Text) is not { } before)
        {
            return $"{Evidence} is gone";
        }

        var (count, autoprobe) = Parsed(value);
        if (before != count && Against(host, device, count) is { } objection)
        {
            return objection.Reason;
        }

        var autoprobeBefore = host.Files.Read(Autoprobe).Text?.Trim();
        if (Set(host.Files, before, count, autoprobeBefore, autoprobe) is not { } failure)
        {
            return null;
        }

        var left = Number(host.Files.Read(Evidence).Text) ?? 0;
        return Set(host.Files, left, before, host.Files.Read(Autoprobe).Text?.Trim(), autoprobeBefore) is { } stuck
            ? $"{failure}; making {before} as before failed, too: {stuck}"
            : $"{failure}; there are {before} as before";
    }

    /// <summary>What the spec says nothing of gets back what it had.</summary>
    public override string Target(string wish, JournalEntry? entry, KnobReading found) =>
        Parsed(wish) is (var count, null) && entry is not null
        ? Facets.Format(count.ToString(CultureInfo.InvariantCulture), (AutoprobePart, Parsed(entry.Prior).Autoprobe))
        : wish;

    public override bool Same(string left, string right) => Facets.Agree(left, right);

    public override string? Veto(KnobReading found, string target, JournalEntry? entry) => found.Value is not { } value ? found.Veto
        : Parsed(value).Count is var count && count == Parsed(target).Count ? null
        : found.Veto ?? (count == 0 || IsOurs(count, entry) ? null
            : $"{address} has {count} virtual functions that latlab did not make, "
                + "and another number would take them away with all that was set on them; "
                + "take them away on the node first (write 0 to sriov_numvfs), or ask for as many");

    /// <summary>Functions that somebody else made since ours stay; whether drivers are probed gets back what it had.</summary>
    public override string PriorOf(JournalEntry entry, KnobReading found) =>
        found.Value is { } value && Parsed(value).Count is var count && count > 0 && !IsOurs(count, entry)
        ? Facets.Format(count.ToString(CultureInfo.InvariantCulture), (AutoprobePart, Parsed(entry.Prior).Autoprobe))
        : entry.Prior;

    /// <summary>Whether that many are what we made: what we wrote last, or, killed before that took place, what we had read back.</summary>
    private static bool IsOurs(int count, JournalEntry? entry) => entry is not null && Parsed(entry.Prior).Count != count
        && new[] { entry.Written, entry.Verified }.OfType<string>().Any(ours => Parsed(ours).Count == count);

    public override string Shortfall(string wished, string found) => $"asked for {Words(wished)}, and there are {Words(found)}";

    private static IEnumerable<Wish> Wishes(ResolvedDevice device)
    {
        if (device is { Refusal: null, Spec.Sriov: { } sriov })
        {
            var autoprobe = sriov.VfDriver switch
            {
                null => null,
                VfDriver.Kernel => "1",
                _ => "0",
            };
            yield return Wish.For(
                new FunctionCountKnob(device.Address, sriov.NumVfs),
                Facets.Format(sriov.NumVfs.ToString(CultureInfo.InvariantCulture), (AutoprobePart, autoprobe)));
        }
    }

    private Objection? Against(HostView host, PciDevice device, int? count)
    {
        var total = Number(host.Files.Read(Total).Text) ?? 0;
        return count > total
            ? new($"asked for {count} virtual functions, and {address} can have {total} ({Total}); ask for at most that, or raise it in "
                + "the card's firmware")
            : DeviceGuard.AgainstRecounting(DeviceUse.Read(host, device));
    }

    private string? Set(IHost host, int from, int count, string? autoprobeFrom, string? autoprobe)
    {
        if (autoprobe is not null && autoprobeFrom is not null && autoprobe != autoprobeFrom
            && host.WriteAttribute(Autoprobe, autoprobe) is { } unwilling)
        {
            return $"{Autoprobe}: the kernel refused \"{autoprobe}\": {unwilling}";
        }

        // The kernel goes from one number to another one over 0 alone.
        int[] numbers = from == count ? [] : from > 0 && count > 0 ? [0, count] : [count];
        foreach (var number in numbers)
        {
            if (host.WriteAttribute(Evidence, number.ToString(CultureInfo.InvariantCulture)) is { } problem)
            {
                return $"{Evidence}: the kernel refused \"{number}\": {problem}{(Array.IndexOf(NoRoom, problem) < 0 ? "" : Remedy)}";
            }
        }

        return Number(host.Read(Evidence).Text) is { } made && made != count
            ? $"asked for {count} virtual functions, the driver made {made}"
            : null;
    }

    private string Value(HostView host, string count) => Facets.Format(count, (AutoprobePart, host.Files.Read(Autoprobe).Text?.Trim()));

    private static (int Count, string? Autoprobe) Parsed(string value)
    {
        var parts = Facets.Parse(value);
        return (Number(parts.GetValueOrDefault(Facets.Main)) ?? 0, parts.GetValueOrDefault(AutoprobePart));
    }

    private static string Words(string value) => Parsed(value) switch
    {
        (var count, null) => $"{count} virtual functions",
        (var count, "0") => $"{count} virtual functions without a driver probed",
        (var count, _) => $"{count} virtual functions with drivers probed",
    };

    private static int? Number(string? text) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
