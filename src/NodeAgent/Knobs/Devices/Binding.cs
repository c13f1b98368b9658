namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>
/// Which driver a device has, and which one alone may have it (<c>ABI/testing/sysfs-bus-pci</c>, <c>driver_override</c>). Pure.
/// </summary>
/// <param name="Driver">Name of the driver, <see cref="None"/>, or <see cref="OfKernel"/> in a wish.</param>
/// <param name="Override">The override, <see cref="None"/>, or null where it is not said.</param>
internal sealed record Binding(string Driver, string? Override)
{
    public const string None = "none";

    /// <summary>In a wish: any driver that is the kernel's own.</summary>
    public const string OfKernel = "kernel";

    private const string OverridePart = "override";
    private const string NetdevPart = "netdev";

    /// <summary>Drivers that leave a device to a program.</summary>
    private static readonly string[] ForPrograms = [DriverNames.VfioPci, DriverNames.UioPciGeneric, DriverNames.IgbUio];

    /// <summary>Whether a program, and not the kernel, drives the device.</summary>
    public bool IsForPrograms => ForPrograms.Contains(Driver);

    public static Binding Parse(string text)
    {
        var parts = Facets.Parse(text);
        return new(parts.GetValueOrDefault(Facets.Main, None), parts.GetValueOrDefault(OverridePart));
    }

    /// <summary>The text of a reading.</summary>
    /// <param name="netdev">The network device that the driver made; null for none. Kept for wishes that name it.</param>
    public string Text(string? netdev = null) => Facets.Format(Driver, (OverridePart, Override), (NetdevPart, netdev));

    /// <summary>The network device in a text; null when there is none.</summary>
    public static string? Netdev(string text) => Facets.Parse(text).GetValueOrDefault(NetdevPart);

    /// <summary>Whether two texts mean the same: names of network devices may change with every probe.</summary>
    public static bool Same(string left, string right) => Parse(left) is var a && Parse(right) is var b && a.HasDriverOf(b)
        && (a.Override is null || b.Override is null || a.Override == b.Override);

    public bool HasDriverOf(Binding other) => Driver == other.Driver
        || (Driver == OfKernel && other.IsKernels) || (other.Driver == OfKernel && IsKernels);

    private bool IsKernels => Driver != None && !IsForPrograms;

    /// <summary>
    /// The writes from one binding to another. The override comes first, so that no other driver takes the device in between, and so that
    /// one bind works for a driver that does not know the device, and for a virtual function whose port probes none.
    /// </summary>
    public static IReadOnlyList<(string Path, string Value)> Steps(string address, Binding from, Binding to)
    {
        var device = PciBus.Path(address);
        var steps = new List<(string Path, string Value)>();
        var current = from.Override ?? None;
        if (!from.HasDriverOf(to))
        {
            Override(to.Driver is OfKernel ? None : to.Driver);
            if (from.Driver != None)
            {
                steps.Add(($"{device}/driver/unbind", address));
            }

            switch (to.Driver)
            {
                case None:
                    break;
                case OfKernel:
                    steps.Add(("/sys/bus/pci/drivers_probe", address));
                    break;
                default:
                    steps.Add(($"{PciBus.DriverPath(to.Driver)}/bind", address));
                    break;
            }
        }

        // A device that is left to programs keeps its override: nothing else takes it when somebody unbinds it.
        Override(to.Override ?? (to.IsForPrograms ? to.Driver : None));
        return steps;

        void Override(string name)
        {
            if (current != name)
            {
                steps.Add(($"{device}/{PciBus.OverrideFile}", name == None ? "" : name));
                current = name;
            }
        }
    }
}
