using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Planning;

/// <summary>
/// The agent is killed at each of its changes of devices, before and after it took place; a fresh agent then completes, or restores
/// exactly.
/// </summary>
public sealed class KilledDeviceAgentTests
{
    private static readonly NodeTuningSpec Everything = DeviceSpecs.Of(
        new DeviceTuning { Name = "port", Netdev = "ens1f1", Driver = DeviceDriver.VfioPci },
        new DeviceTuning { Name = "functions", PciAddress = PciTree.Port, Sriov = new() { NumVfs = 2, VfDriver = VfDriver.VfioPci, Trust = true, SpoofCheck = false } });

    private static readonly NodeTuningSpec Other = DeviceSpecs.Of(
        new DeviceTuning { Name = "port", Netdev = "ens1f1", Driver = DeviceDriver.UioPciGeneric },
        new DeviceTuning { Name = "functions", PciAddress = PciTree.Port, Sriov = new() { NumVfs = 3, VfDriver = VfDriver.Kernel, Trust = true } });

    /// <summary>With functions before: so many, with the kernel's driver.</summary>
    [Theory]
    [InlineData("apply", true, 0)]
    [InlineData("apply", false, 2)]
    [InlineData("change spec", true, 0)]
    [InlineData("change spec", false, 0)]
    [InlineData("repair drift", true, 0)]
    [InlineData("restore", true, 2)]
    [InlineData("restore", false, 0)]
    public void A_fresh_agent_completes_or_restores_exactly_after_a_kill_at_any_step(string work, bool late, int functionsBefore)
    {
        var n = 0;
        while (KillAt(++n, work, late, functionsBefore))
        {
        }

        // Override, unbind, bind, and the journal around it, at least.
        Assert.InRange(n, 9, 80);
    }

    private static bool KillAt(int n, string work, bool late, int functionsBefore)
    {
        using var pci = PciTree.Usual();
        if (functionsBefore > 0)
        {
            pci.Kernel().WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", $"{functionsBefore}");
        }

        var before = pci.State();
        if (work != "apply")
        {
            Assert.True(pci.Tuner(pci.Kernel()).Apply(Everything).IsWhole);
        }

        if (work == "repair drift")
        {
            pci.Unbind(PciTree.Second);
            pci.Bind(PciTree.Second, "ixgbe");
            pci.Kernel().WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", "0");
        }

        var killed = Dies(pci, n, late, work switch
        {
            "change spec" => agent => agent.Apply(Other),
            "restore" => agent => agent.Restore(),
            _ => agent => agent.Apply(Everything),
        });
        if (n % 2 == 0)
        {
            Assert.True(pci.Tuner(pci.Kernel()).Apply(Everything).IsWhole);
            Assert.Empty(pci.Tuner(pci.Kernel()).Plan(Everything, out _));
            Assert.Equal("vfio-pci", pci.DriverOf(PciTree.Second));
            Assert.Equal("vfio-pci", pci.DriverOf(PciTree.Function(PciTree.Port, 1)));
        }

        var restored = pci.Tuner(pci.Kernel()).Restore();
        Assert.True(restored.IsWhole, string.Join("; ", restored.Ledger.Select(entry => $"{entry.Knob}: {entry.Message}")));
        Assert.Equal(before, pci.State());
        Assert.Empty(pci.Journal().Entries);
        return killed;
    }

    private static bool Dies(PciTree pci, int n, bool late, Action<Tuner> act)
    {
        try
        {
            act(pci.Tuner(new DeadlyHost(pci.Kernel(), n, late)));
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }
}
