using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Tests.TunedNodes;

public sealed class TunedNodeValidatorTests
{
    private static readonly TunedNodeSpec Good = new()
    {
        NodeName = "node-1",
        Cpu = new CpuTuning
        {
            Isolated = "2-5",
            Governor = "performance",
            EnergyPerformanceBias = 0,
            Boost = false,
            MaxResumeLatency = "0us",
            Smt = SmtControl.Off,
            IrqAffinity = "0-1",
            WorkqueueAffinity = "0,1,6",
            IgnoreCorrectedErrors = true,
        },
        Memory = new MemoryTuning
        {
            HugePages = [new() { Size = "2Mi", Count = 64 }, new() { Size = "2Mi", NumaNode = 1, Count = 64 }, new() { Size = "1Gi" }],
        },
        Kernel = new KernelTuning
        {
            Sysctls = new Dictionary<string, string> { ["vm.stat_interval"] = "10", ["net.ipv4.tcp_rmem"] = "4096 131072 6291456" },
        },
        Devices =
        [
            new() { Name = "whole", PciAddress = "0000:3b:00.0", Driver = DeviceDriver.VfioPci },
            new() { Name = "parted", Netdev = "ens2f0", Sriov = new() { NumVfs = 4, VfDriver = VfDriver.VfioPci, Trust = true, SpoofCheck = false } },
            new() { Name = "back", PciAddress = "10000:01:1f.7", Driver = DeviceDriver.Kernel, Sriov = new() },
            new() { Name = "offered", Netdev = "enp1s0f0.7", Driver = DeviceDriver.Kernel },
        ],
        VirtualWires = [new() { Name = "left" }, new() { Name = "right", Mtu = 9000 }],
        Interfaces = [Offer("generator", "left-a"), Offer("ingress", "left-b"), Offer("physical", "enp1s0f0.7")],
    };

    public static TheoryData<string, TunedNodeSpec> Bad { get; } = new()
    {
        { "spec.nodeSelector", Good with { NodeName = null } },
        { "spec.nodeSelector", Good with { NodeName = null, NodeSelector = new Dictionary<string, string>() } },
        { "spec.nodeName", Good with { NodeSelector = Labels("a", "b") } },
        { "spec.nodeName", Good with { NodeName = "Node_1" } },
        { "spec.nodeName", Good with { NodeName = "node-1\n" } },
        { "spec.nodeName", Good with { NodeName = "" } },
        { "spec.nodeSelector", Good with { NodeName = null, NodeSelector = Labels("a b", "c") } },
        { "spec.nodeSelector", Good with { NodeName = null, NodeSelector = Labels("/x", "c") } },
        { "spec.nodeSelector", Good with { NodeName = null, NodeSelector = Labels("UPPER/x", "c") } },
        { "spec.nodeSelector", Good with { NodeName = null, NodeSelector = Labels("a/b/c", "c") } },
        { "spec.nodeSelector[a]", Good with { NodeName = null, NodeSelector = Labels("a", "not a value") } },
        { "spec.nodeSelector[a]", Good with { NodeName = null, NodeSelector = Labels("a", null!) } },
        { "spec.nodeSelector[a]", Good with { NodeName = null, NodeSelector = Labels("a", new string('b', 64)) } },
        { "spec.memory.hugePages", Good with { Memory = new MemoryTuning { HugePages = null! } } },
        { "spec.memory.hugePages[0]", Good with { Memory = new MemoryTuning { HugePages = [null!] } } },
        { "spec.memory.hugePages[0].size", Pages([new() { Size = "4Mi", Count = 1 }]) },
        { "spec.memory.hugePages[0].size", Pages([new() { Count = 1 }]) },
        { "spec.memory.hugePages[0].count", Pages([new() { Size = "2Mi", Count = -1 }]) },
        { "spec.memory.hugePages[0].numaNode", Pages([new() { Size = "2Mi", Count = 1, NumaNode = -1 }]) },
        { "spec.memory.hugePages[1]", Pages([new() { Size = "2Mi", Count = 1 }, new() { Size = "2Mi", Count = 2 }]) },
        { "spec.kernel.sysctls", Sysctls("vm/stat_interval", "1") },
        { "spec.kernel.sysctls", Sysctls("dev.raid.speed_limit_min", "1") },
        { "spec.kernel.sysctls", Sysctls("vm..x", "1") },
        { "spec.kernel.sysctls", Sysctls("vm.stat_interval\n", "1") },
        { "spec.kernel.sysctls", Sysctls("", "1") },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", "") },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", null!) },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", "1\n2") },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", " 1") },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", new string('1', 257)) },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", "1\t2") },
        { "spec.kernel.sysctls[vm.stat_interval]", Sysctls("vm.stat_interval", "zehn µs") },
        { "spec.kernel.sysctls", Sysctls("net.ipv4.ip_forward", "0") },
        { "spec.cpu.isolated", Cpu(new() { Isolated = "0,2" }) },
        { "spec.cpu.isolated", Cpu(new() { Isolated = "" }) },
        { "spec.cpu.isolated", Cpu(new() { Isolated = "3-2" }) },
        { "spec.cpu.isolated", Cpu(new() { Isolated = "9999" }) },
        { "spec.cpu.isolated", Cpu(new() { Isolated = "2\n" }) },
        { "spec.cpu.isolation", Cpu(new() { Isolation = CpuIsolation.CgroupPartition }) },
        { "spec.cpu.isolation", Cpu(new() { Isolated = "2-3", Isolation = (CpuIsolation)7 }) },
        { "spec.cpu.governor", Cpu(new() { Governor = "performance; reboot" }) },
        { "spec.cpu.energyPerformanceBias", Cpu(new() { EnergyPerformanceBias = 16 }) },
        { "spec.cpu.maxResumeLatency", Cpu(new() { MaxResumeLatency = "2s" }) },
        { "spec.cpu.maxResumeLatency", Cpu(new() { MaxResumeLatency = "10" }) },
        { "spec.cpu.irqAffinity", Cpu(new() { Isolated = "2-5", IrqAffinity = "0-2" }) },
        { "spec.cpu.irqbalanceBannedCpus", Cpu(new() { IrqbalanceBannedCpus = "2-5", IrqAffinity = "0" }) },
        { "spec.cpu.irqbalanceBannedCpus", Cpu(new() { IrqbalanceBannedCpus = "5-2" }) },
        { "spec.cpu.irqbalanceBannedCpus", Cpu(new() { IrqbalanceBannedCpus = "2-5" }) with { StoppedServices = ["irqbalance.service"] } },
        { "spec.cpu.workqueueAffinity", Cpu(new() { Isolated = "2-5", WorkqueueAffinity = "5-7" }) },
        { "spec.cpu.kernelThreadAffinity", Cpu(new() { Isolated = "2-5", KernelThreadAffinity = "5-7" }) },
        { "spec.cpu.maxDmaLatency", Cpu(new() { MaxDmaLatency = "2s" }) },
        { "spec.cpu.minPerformancePercent", Cpu(new() { MinPerformancePercent = 60, MaxPerformancePercent = 50 }) },
        { "spec.cpu.maxPerformancePercent", Cpu(new() { MaxPerformancePercent = 0 }) },
        { "spec.cpu.smt", Cpu(new() { Smt = (SmtControl)7 }) },
        { "spec.memory.transparentHugePages", Good with { Memory = new() { TransparentHugePages = (TransparentHugePages)7 } } },
        { "spec.cache.l3Ways", Good with { Cache = new() { L3Ways = 64 } } },
        { "spec.cache.l3Ways", Good with { Cache = new() { L3Ways = 4 }, Cpu = null } },
        { "spec.networkDevices[0].device", Good with { NetworkDevices = [new() { Device = "../x" }] } },
        { "spec.networkDevices[0].combinedQueues", Good with { NetworkDevices = [new() { Device = "ens1f0", CombinedQueues = 0 }] } },
        { "spec.networkDevices[0].receiveCpus", Good with { NetworkDevices = [new() { Device = "ens1f0", ReceiveCpus = "1-2" }] } },
        { "spec.networkDevices[0].receiveCpus", Good with { NetworkDevices = [new() { Device = "ens1f0", ReceiveCpus = "3-2" }] } },
        { "spec.networkDevices[1].device", Good with { NetworkDevices = [new() { Device = "ens1f0" }, new() { Device = "ens1f0" }] } },
        { "spec.stoppedServices[0]", Good with { StoppedServices = ["kubelet.service"] } },
        { "spec.stoppedServices[1]", Good with { StoppedServices = ["irqbalance.service", "irqbalance"] } },
        { "spec.stoppedServices[1]", Good with { StoppedServices = ["irqbalance.service", "irqbalance.service"] } },
        { "spec.kernel.modules[0]", Good with { Kernel = new() { Modules = ["-r"] } } },
        { "spec.profile", Cpu(new()) with { Profile = BootProfile.Realtime } },
        { "spec.profile[4]", Cpu(new() { Isolated = Scattered }) with { Profile = BootProfile.Realtime } },
        { "spec.profile", Cpu(new() { Isolated = "2-3" }) with
            { Profile = BootProfile.LimboOptimized, Kernel = new() { Arguments = [.. Enumerable.Range(0, 60).Select(i => $"x{i}")] } } },
        { "spec.profile", Cpu(new() { Isolated = "2-3" }) with { Profile = BootProfile.KernelDocs } },
        { "spec.kernel.arguments[0]", Arguments("irqaffinity=0-2", new() { Isolated = "2-5" }) },
        { "spec.kernel.arguments[0]", Arguments("systemd.cpu_affinity=0,5", new() { Isolated = "2-5" }) },
        { "spec.kernel.arguments[1]", Good with { Cpu = null, Kernel = new() { Arguments = ["isolcpus=managed_irq,2-5", "irqaffinity=0-2"] } } },
        { "spec.kernel.arguments[0]", Arguments("irqaffinity=0", new() { IrqAffinity = "0-1" }) },
        { "spec.kernel.arguments[0]", Arguments("isolcpus=2-4", new() { Isolated = "2-5" }) },
        { "spec.kernel.arguments[0]", Arguments("isolcpus=1-2", new() { Isolated = "2-5" }) with { Profile = BootProfile.DuckedTails } },
        { "spec.kernel.arguments[0]", Good with { Memory = new() { TransparentHugePages = TransparentHugePages.Never }, Kernel = new() { Arguments = ["transparent_hugepage=always"] } } },
        { "spec.kernel.arguments[0]", Good with { Kernel = new() { Arguments = ["hugepagesz=2M hugepages=129"] } } },
        { "spec.kernel.arguments[0]", Good with { Kernel = new() { Arguments = ["hugepagesz=2M hugepages=0:64,1:65"] } } },
        { "spec.kernel.arguments[0]", Good with { Kernel = new() { Arguments = ["hugepagesz=2M hugepages=0:8,0:9"] } } },
        { "spec.kernel.arguments[0]", Arguments("intel_pstate=disable", new() { MinPerformancePercent = 50 }) },
        { "spec.profile", Cpu(new() { Isolated = "2-5", MaxPerformancePercent = 50 }) with { Profile = BootProfile.CpuPartitioning } },
        { "spec.profile", Cpu(new() { Isolated = "2-5", PerformanceDriver = PerformanceDriver.Active }) with { Profile = BootProfile.Realtime } },
        { "spec.kernel.arguments[0]", Arguments("amd_pstate=disable", new() { PerformanceDriver = PerformanceDriver.Guided }) },
        { "spec.kernel.arguments[0]", Good with { Kernel = new() { Arguments = ["init=/bin/sh"] } } },
        { "spec.kernel.arguments[0]", Good with { Kernel = new() { Arguments = ["a=$(id)"] } } },
        { "spec.kernel.arguments[1]", Good with { Kernel = new() { Arguments = ["nosmt", "nosmt"] } } },
        { "spec.devices[0].name", Devices(new DeviceTuning { PciAddress = "0000:3b:00.0", Driver = DeviceDriver.VfioPci }) },
        { "spec.devices[1].name", Devices(Bound("a", "0000:3b:00.0"), Bound("a", "0000:3b:00.1")) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", null)) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", "3b:00.0")) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", "0000:3B:00.0")) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", "0000:3b:00.8")) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", "0000:3b:20.0")) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", "0000:3b:00.0\n")) },
        { "spec.devices[0].pciAddress", Devices(Bound("a", "0000:3b:00.0/../0000:01:00.0")) },
        { "spec.devices[0].netdev", Devices(Bound("a", "0000:3b:00.0") with { Netdev = "ens1f0" }) },
        { "spec.devices[0].netdev", Devices(Bound("a", null) with { Netdev = "../x" }) },
        { "spec.devices[1].pciAddress", Devices(Bound("a", "0000:3b:00.0"), Bound("b", "0000:3b:00.0")) },
        { "spec.devices[1].netdev", Devices(Bound("a", null) with { Netdev = "ens1f0" }, Bound("b", null) with { Netdev = "ens1f0" }) },
        { "spec.devices[0]", Devices(new DeviceTuning { Name = "a", Netdev = "ens1f0" }) },
        { "spec.devices[0].driver", Devices(Bound("a", "0000:3b:00.0") with { Sriov = new() { NumVfs = 2 } }) },
        { "spec.devices[0].driver", Devices(Bound("a", null) with { Netdev = "enp1s0f0.7" }) },
        { "spec.devices[0].driver", Devices(new DeviceTuning { Name = "a", Netdev = "ens1f0", Driver = (DeviceDriver)9 }) },
        { "spec.devices[0].netdev", Devices(Bound("a", null) with { Netdev = "right-a" }) },
        { "spec.devices[0].sriov.numVfs", Devices(Parted(new() { NumVfs = 257 })) },
        { "spec.devices[0].sriov.numVfs", Devices(Parted(new() { NumVfs = -1 })) },
        { "spec.devices[0].sriov.numVfs", Devices(Parted(new() { VfDriver = VfDriver.VfioPci })) },
        { "spec.devices[0].sriov.numVfs", Devices(Parted(new() { Trust = false })) },
        { "spec.devices[0].sriov.vfDriver", Devices(Parted(new() { NumVfs = 2, VfDriver = (VfDriver)9 })) },
        { "spec.devices", Devices([.. Enumerable.Range(0, 65).Select(i => Bound($"d{i}", $"0000:{i:x2}:00.0"))]) },
        { "spec.virtualWires[0].name", Good with { VirtualWires = [new() { Name = "fourteenchars1" }] } },
        { "spec.virtualWires[0].name", Good with { VirtualWires = [new() { Name = "a;b" }] } },
        { "spec.virtualWires[1].name", Good with { VirtualWires = [new() { Name = "a" }, new() { Name = "a" }] } },
        { "spec.virtualWires[0].mtu", Good with { VirtualWires = [new() { Name = "a", Mtu = 67 }] } },
        { "spec.virtualWires", Good with { VirtualWires = [.. Enumerable.Range(0, 65).Select(i => new VirtualWire { Name = $"w{i}" })] } },
        { "spec.interfaces[0].device", Good with { Interfaces = [Offer("a", "../x")] } },
        { "spec.interfaces[0].device", Good with { Interfaces = [Offer("a", "sixteencharacter")] } },
        { "spec.interfaces[1].name", Good with { Interfaces = [Offer("a", "x"), Offer("a", "y")] } },
        { "spec.interfaces[1].device", Good with { Interfaces = [Offer("a", "x"), Offer("b", "x")] } },
        { "spec.interfaces[0].namespaces", Good with { Interfaces = [Offer("a", "x") with { Namespaces = [] }] } },
        { "spec.interfaces[0].namespaces[0]", Good with { Interfaces = [Offer("a", "x") with { Namespaces = ["Not_A_Name"] }] } },
        { "spec.interfaces[0].namespaces[1]", Good with { Interfaces = [Offer("a", "x") with { Namespaces = ["a", "a"] }] } },
        { "spec.interfaces[0].namespaces[0]", Good with { Interfaces = [Offer("a", "x") with { Namespaces = ["a*"] }] } },
        { "spec.interfaces[0].namespaces[0]", Good with { Interfaces = [Offer("a", "x") with { Namespaces = ["lab\n"] }] } },
        { "spec.drift", Good with { Drift = (DriftPolicy)7 } },
    };

    [Fact]
    public void A_good_spec_is_not_refused()
    {
        Assert.Empty(new TunedNodeValidator().Refusals(Good));
        Assert.Empty(new TunedNodeValidator().Refusals(Good with { NodeName = null, NodeSelector = Labels("kubernetes.io/os", "linux") }));
        Assert.Empty(new TunedNodeValidator().Refusals(Good with { Interfaces = [Offer("a", "x") with { Namespaces = ["*"] }] }));
    }

    [Fact]
    public void What_boot_arguments_and_other_fields_agree_on_is_not_refused() => Assert.All(
        new[]
        {
            Arguments("isolcpus=managed_irq,domain,5,2-4", new() { Isolated = "2-5" }),
            Arguments("irqaffinity=1,0", new() { IrqAffinity = "0-1", Isolated = "2-5" }),
            Good with { Memory = new() { TransparentHugePages = TransparentHugePages.Never }, Kernel = new() { Arguments = ["transparent_hugepage=never"] } },
            Good with { Kernel = new() { Arguments = ["hugepagesz=2M hugepages=128", "hugepagesz=32M hugepages=2"] } },
            Good with { Kernel = new() { Arguments = ["hugepagesz=2M hugepages=0:64,1:64"] } },
            // acpi-cpufreq has governors, and a processor of the other maker its driver.
            Arguments("intel_pstate=disable", new() { Governor = "performance", PerformanceDriver = PerformanceDriver.Active }),
            Cpu(new() { Isolated = "2-5", IrqAffinity = "0-1" }) with { Profile = BootProfile.KernelDocs },
        },
        spec => Assert.Empty(new TunedNodeValidator().Refusals(spec)));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_field_is_refused_by_its_path_with_a_remedy(string field, TunedNodeSpec spec)
    {
        var refusal = Assert.Single(new TunedNodeValidator().Refusals(spec));
        Assert.Equal(field, refusal.Field);
        Assert.NotEmpty(refusal.Problem);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once() => Assert.Equal(
        ["spec.nodeSelector", "spec.kernel.sysctls", "spec.virtualWires[1].name"],
        new TunedNodeValidator()
            .Refusals(Sysctls("x", "1") with { NodeName = null, VirtualWires = [new() { Name = "a" }, new() { Name = "a" }] })
            .Select(r => r.Field));

    [Fact]
    public void A_missing_spec_is_refused() => Assert.Equal("spec", Assert.Single(new TunedNodeValidator().Refusals(null)).Field);

    private static TunedNodeSpec Devices(params DeviceTuning[] devices) => Good with { Devices = devices };

    private static DeviceTuning Bound(string name, string? address) => new() { Name = name, PciAddress = address, Driver = DeviceDriver.VfioPci };

    private static DeviceTuning Parted(SriovTuning sriov) => new() { Name = "a", Netdev = "ens1f0", Sriov = sriov };

    /// <summary>CPUs of which no two are neighbours: no range shortens them.</summary>
    private static string Scattered => string.Join(',', Enumerable.Range(0, 128).Select(i => (2 * i) + 1));

    private static TunedNodeSpec Arguments(string argument, CpuTuning cpu) => Cpu(cpu) with { Kernel = new() { Arguments = [argument] } };

    private static TunedNodeSpec Cpu(CpuTuning cpu) => Good with { Cpu = cpu };

    private static OfferedInterface Offer(string name, string device) => new() { Name = name, Device = device, Namespaces = ["lab"] };

    private static Dictionary<string, string> Labels(string key, string value) => new() { [key] = value };

    private static TunedNodeSpec Pages(IReadOnlyList<HugePagePool> pools) => Good with { Memory = new MemoryTuning { HugePages = pools } };

    private static TunedNodeSpec Sysctls(string name, string value) =>
        Good with { Kernel = new KernelTuning { Sysctls = new Dictionary<string, string> { [name] = value } } };
}
