using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>
/// A value of each virtual function of a port: one knob for all, as the values of many CPUs are. What belongs to functions that are gone
/// is gone with them.
/// </summary>
/// <param name="path">The knob's path.</param>
/// <param name="address">The port's address on the PCI bus.</param>
/// <param name="wished">Their number in the spec; null when the value is put back.</param>
internal abstract class FunctionsKnob(string path, string address, int? wished) : Knob(path)
{
    protected string Address => address;

    /// <summary>The value that the spec asks for, for each of so many.</summary>
    public static string Wish(int count, string value) =>
        NumberedValues.Format(Enumerable.Range(0, count).Select(number => KeyValuePair.Create(number, value)));

    public override KnobReading Read(HostView host)
    {
        if (PciBus.Find(host.Files, address) is not { } port)
        {
            return KnobReading.Gone($"this node has no PCI device {address}; lspci -D shows those that it has");
        }

        // Their prior values can be known once all are there, so nothing is begun before.
        return port.VirtualFunctions.Count switch
        {
            var count when count < wished => KnobReading.Failed($"{address} has {count} of the {wished} virtual functions asked for; "
                + $"see devices.sriov.numVfs[{address}]"),
            0 => KnobReading.Gone($"{address} has no virtual functions"),
            _ => ReadAll(host, port),
        };
    }

    /// <summary>Reads the value of each; there is at least one.</summary>
    protected abstract KnobReading ReadAll(HostView host, PciDevice port);

    /// <summary>Sets the value of one. Returns why that failed, otherwise null.</summary>
    protected abstract string? WriteOne(HostView host, PciDevice port, int number, string value);

    public override string? Write(HostView host, string value)
    {
        if (PciBus.Find(host.Files, address) is not { } port)
        {
            return $"{PciBus.Path(address)} is gone";
        }

        var failures = NumberedValues.Parse(value)
            .Where(entry => port.VirtualFunctions.ContainsKey(entry.Key))
            .Select(entry => WriteOne(host, port, entry.Key, entry.Value))
            .OfType<string>().ToList();
        return ManyValues.Failure(failures);
    }

    /// <summary>Of those that both have: with a wish, a reading has all that are asked for.</summary>
    public override bool Same(string left, string right) => Differing(left, right).Count == 0;

    /// <summary>Whether two values of one function mean the same.</summary>
    protected virtual bool SameOne(string left, string right) => left == right;

    public override string Extend(JournalEntry entry, string found) =>
        NumberedValues.Format(ManyValues.Extended(NumberedValues.Parse(entry.Prior), NumberedValues.Parse(found)));

    public override string Shortfall(string wished, string found) =>
        $"virtual functions {CpuList.Format(Differing(wished, found).Select(entry => entry.Key))}: "
            + ManyValues.Shortfall(Differing(wished, found), NumberedValues.Format);

    private IReadOnlyList<(int Key, string Left, string Right)> Differing(string left, string right) =>
        ManyValues.Differing(NumberedValues.Parse(left), NumberedValues.Parse(right), SameOne);
}
