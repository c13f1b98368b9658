using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class KnobTableTests
{
    [Fact]
    public void Every_knob_that_can_be_written_is_found_again_by_its_path()
    {
        using var tree = FakeTree.Usual();
        var cpu = Specs.EveryCpuKnob with
        {
            Isolation = CpuIsolation.CgroupPartition,
            KernelThreadAffinity = "0-1",
            IrqbalanceBannedCpus = "2-3",
            PerformanceDriver = PerformanceDriver.Passive,
            MinPerformancePercent = 50,
            MaxPerformancePercent = 50,
            MaxDmaLatency = "10us",
        };
        var spec = Specs.Usual with { VirtualWires = [new() { Name = "left" }], Cpu = cpu, Memory = Specs.EveryMemoryKnob, Boot = new() };
        spec = spec with { Kernel = spec.Kernel! with { Arguments = ["nosmt"], Modules = ["vfio-pci"] } };
        spec = spec with { Cache = new() { L3Ways = 4 } };
        spec = spec with { NetworkDevices = [new() { Device = "ens1f0", ReceiveCpus = "0-1", CombinedQueues = 2 }] };
        spec = spec with { StoppedServices = ["irqbalance.service"] };
        spec = spec with
        {
            Devices =
            [
                new() { Name = "port", PciAddress = "0000:3b:00.0", Driver = DeviceDriver.VfioPci },
                new() { Name = "parted", PciAddress = "0000:3b:00.1", Sriov = new() { NumVfs = 2, VfDriver = VfDriver.VfioPci, Trust = true, SpoofCheck = false } },
            ],
        };
        var wishes = WishList.From(spec, new HostView(tree.Host));
        Assert.Equal(KnobTable.Kinds.Count - 1, wishes.Select(wish => wish.Path.Split('[')[0]).Distinct().Count());
        foreach (var wish in wishes)
        {
            var found = KnobTable.Find(wish.Path);
            Assert.NotNull(found);
            Assert.Equal(wish.Knob!.GetType(), found.GetType());
            Assert.Equal(wish.Path, found.Path);
            Assert.Equal(wish.Knob.Evidence, found.Evidence);
        }
    }

    [Theory]
    [InlineData("kernel.sysctls[../../etc/passwd]")]
    [InlineData("kernel.sysctls[vm.x")]
    [InlineData("memory.hugePages[3Mi,node0]")]
    [InlineData("memory.hugePages[2Mi,node../]")]
    [InlineData("virtualWires[eth0 down]")]
    [InlineData("devices.driver[0000:3b:00.0/../x]")]
    [InlineData("devices.sriov.numVfs[ens1f0]")]
    [InlineData("devices.sriov.vfDriver[]")]
    [InlineData("devices.sriov.trust[0000:3b:00.8]")]
    [InlineData("future.knob[x]")]
    [InlineData("")]
    public void A_path_that_no_knob_has_is_not_found(string path) => Assert.Null(KnobTable.Find(path));

    [Fact]
    public void A_knob_wished_twice_with_different_values_is_refused()
    {
        using var tree = FakeTree.Usual();
        var wires = Specs.Wires(new() { Name = "left" }, new() { Name = "left", Mtu = 9000 });
        var wish = Assert.Single(WishList.From(wires, new HostView(tree.Host)));
        Assert.Contains("more than once", wish.Refusal, StringComparison.Ordinal);
    }
}
