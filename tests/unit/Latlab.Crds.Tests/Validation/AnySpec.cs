using CsCheck;
using Latlab.Crds.Experiments;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Tests.Validation;

/// <summary>Every spec that JSON can give, the odd ones above all. The operator's tests use it, too.</summary>
internal static class AnySpec
{
    public static readonly Gen<string?> Text = Gen.OneOf(
        Pick(null, "", "a", "left-a", "2Mi", "1Gi", "10s", "1s", "0", "999999999h", "24h", "-1s", "vm.stat_interval", "*", "a\n",
            "kubernetes.io/os", "é", "250us", "1m30s"),
        Gen.String[0, 300].Select(s => (string?)s));

    private static readonly Gen<int> Number = Gen.OneOf(Gen.Int, Gen.Int[-2, 2000]);
    private static readonly Gen<bool> Rarely = Gen.Int[0, 9].Select(n => n == 0);

    public static readonly Gen<Dictionary<string, string>?> Map =
        OrNull(Gen.Select(Text.Where(t => t is not null), Text).Array[0, 4].Select(
            pairs => pairs.DistinctBy(p => p.Item1).ToDictionary(p => p.Item1!, p => p.Item2!)));

    public static readonly Gen<TunedNodeSpec> TunedNode =
        from nodeName in Text
        from selector in Map
        from pools in List(
            Gen.Select(Text, Number, Number, (size, node, count) => new HugePagePool { Size = size!, NumaNode = node, Count = count }))
        from memory in OrNull(Gen.Const(new MemoryTuning { HugePages = pools! }))
        from sysctls in Map
        from kernel in OrNull(Gen.Const(new KernelTuning { Sysctls = sysctls! }))
        from wires in List(Gen.Select(Text, Number, (name, mtu) => new VirtualWire { Name = name!, Mtu = mtu }))
        from interfaces in List(
            Gen.Select(
            Text, Text, Text.Array[0, 4],
            (name, device, spaces) => new OfferedInterface { Name = name!, Device = device!, Namespaces = spaces! }))
        from devices in List(
            Gen.Select(
            Text, Gen.OneOf(Text, Pick(null, "0000:3b:00.0")), Text, Gen.Int[-1, 5], Number,
            (name, address, netdev, choice, number) => new DeviceTuning
            {
                Name = name!,
                PciAddress = address,
                Netdev = netdev,
                Driver = choice < 0 ? null : (DeviceDriver)choice,
                Sriov = choice > 2 ? null : new() { NumVfs = number, VfDriver = choice < 1 ? null : (VfDriver)choice },
            }))
        from drift in Gen.Int[-1, 3]
        select new TunedNodeSpec
        {
            NodeName = nodeName,
            NodeSelector = selector,
            Memory = memory,
            Kernel = kernel,
            Devices = devices!,
            VirtualWires = wires!,
            Interfaces = interfaces!,
            Drift = (DriftPolicy)drift,
        };

    private static readonly Gen<ForwarderSpec?> Forwarder = OrNull(
        from mode in Gen.Int[-1, 5]
        from numbers in Number.Array[3]
        from size in Text
        from pages in OrNull(Gen.Const(new ForwarderHugePages { Size = size!, Count = numbers[0] }))
        from image in Text
        from ports in List(Text.Select(name => new ForwarderPort { Interface = name! }))
        select new ForwarderSpec
        {
            Mode = (ForwardingMode)mode,
            Cpus = numbers[1],
            MemoryMiB = numbers[2],
            HugePages = pages,
            Image = image,
            Ports = ports!,
        });

    private static readonly Gen<TrafficSpec?> Traffic = OrNull(
        from texts in Text.Array[3]
        from numbers in Number.Array[3]
        select new TrafficSpec
        {
            Interface = texts[0]!,
            WarmUp = texts[1]!,
            Duration = texts[2]!,
            Rate = numbers[0],
            FrameSize = numbers[1],
            Flows = numbers[2],
        });

    private static readonly Gen<MeasurementSpec?> Measurement = OrNull(
        from texts in Text.Array[3]
        from taps in OrNull(Gen.Const(new TapsSpec { Ingress = texts[0]!, Egress = texts[1]! }))
        from objectives in List(
            Gen.Select(Gen.Int[-1, 8], Gen.Long, (metric, bound) => new Objective { Metric = (ObjectiveMetric)metric, AtMost = bound }))
        select new MeasurementSpec { Taps = taps!, Window = texts[2]!, Objectives = objectives! });

    public static readonly Gen<LatencyExperimentSpec> Experiment =
        from texts in Text.Array[2]
        from forwarder in Forwarder
        from traffic in Traffic
        from measurement in Measurement
        from repetitions in Number
        select new LatencyExperimentSpec
        {
            TunedNode = texts[0]!,
            NodeName = texts[1],
            Forwarder = forwarder,
            Traffic = traffic!,
            Measurement = measurement!,
            Repetitions = repetitions,
        };

    private static Gen<string?> Pick(params string?[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static Gen<T?> OrNull<T>(Gen<T> gen)
        where T : class => Gen.Select(Rarely, gen, (none, value) => none ? null : value);

    private static Gen<T?[]?> List<T>(Gen<T> entry)
        where T : class => OrNull(OrNull(entry).Array[0, 4]);
}
