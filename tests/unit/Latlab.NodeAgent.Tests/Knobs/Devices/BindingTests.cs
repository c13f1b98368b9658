using Latlab.NodeAgent.Knobs.Devices;

namespace Latlab.NodeAgent.Tests.Knobs.Devices;

public sealed class BindingTests
{
    private const string Address = "0000:3b:00.0";

    [Theory]
    [InlineData("ixgbe,override=none", "vfio-pci", "override=vfio-pci unbind bind:vfio-pci")]
    [InlineData("ixgbe,override=vfio-pci", "vfio-pci", "unbind bind:vfio-pci")]
    [InlineData("none,override=vfio-pci", "vfio-pci", "bind:vfio-pci")]
    [InlineData("none,override=none", "uio_pci_generic", "override=uio_pci_generic bind:uio_pci_generic")]
    [InlineData("vfio-pci,override=vfio-pci", "ixgbe,override=none,netdev=ens1f0", "override=ixgbe unbind bind:ixgbe override=")]
    [InlineData("ixgbe,override=ixgbe", "ixgbe,override=none", "override=")]
    [InlineData("none,override=ixgbe", "ixgbe,override=none", "bind:ixgbe override=")]
    [InlineData("vfio-pci,override=vfio-pci", "none,override=none", "override= unbind")]
    [InlineData("vfio-pci,override=none", "uio_pci_generic,override=none", "override=uio_pci_generic unbind bind:uio_pci_generic override=")]
    [InlineData("vfio-pci,override=vfio-pci", "kernel", "override= unbind probe")]
    [InlineData("none,override=none", "kernel", "probe")]
    [InlineData("ixgbe,override=none", "kernel", "")]
    public void The_writes_go_from_one_binding_to_the_other(string from, string to, string steps) => Assert.Equal(
        steps, string.Join(' ', Binding.Steps(Address, Binding.Parse(from), Binding.Parse(to)).Select(Short)));

    [Theory]
    [InlineData("vfio-pci", "vfio-pci,override=vfio-pci", true)]
    [InlineData("vfio-pci", "ixgbe,override=none,netdev=ens1f0", false)]
    [InlineData("ixgbe,override=none,netdev=ens1f0", "ixgbe,override=none,netdev=eth7", true)]
    [InlineData("ixgbe,override=none", "ixgbe,override=vfio-pci", false)]
    [InlineData("kernel", "ixgbe,override=none", true)]
    [InlineData("kernel", "none,override=none", false)]
    [InlineData("kernel", "uio_pci_generic,override=none", false)]
    public void Bindings_are_compared_by_what_both_say(string left, string right, bool same)
    {
        Assert.Equal(same, Binding.Same(left, right));
        Assert.Equal(same, Binding.Same(right, left));
    }

    private static string Short((string Path, string Value) step) => step switch
    {
        ("/sys/bus/pci/drivers_probe", Address) => "probe",
        ($"/sys/bus/pci/devices/{Address}/driver/unbind", Address) => "unbind",
        ($"/sys/bus/pci/devices/{Address}/driver_override", var value) => $"override={value}",
        (var path, Address) => $"bind:{path.Split('/')[5]}",
        _ => throw new InvalidOperationException(step.ToString()),
    };
}
