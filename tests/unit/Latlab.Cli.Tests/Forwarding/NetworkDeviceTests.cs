using System.Net.NetworkInformation;
using Latlab.Cli.Forwarding;

namespace Latlab.Cli.Tests.Forwarding;

public sealed class NetworkDeviceTests : IDisposable
{
    private static readonly PhysicalAddress Address = new([2, 0, 0, 0, 0, 0x1F]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-net-");

    [Fact]
    public void The_driver_is_what_the_link_of_the_hardware_names()
    {
        var device = AddDevice("eth1").CreateSubdirectory("device");
        File.CreateSymbolicLink(Path.Combine(device.FullName, "driver"), "../../../bus/pci/drivers/ice");
        Assert.Equal("ice", NetworkDevice.DriverOf(_folder.FullName, "eth1", Address));
        // One of the same name in another network namespace.
        Assert.Null(NetworkDevice.DriverOf(_folder.FullName, "eth1", new PhysicalAddress([2, 0, 0, 0, 0, 1])));
    }

    [Fact]
    public void A_virtual_device_and_one_that_is_not_there_have_none()
    {
        AddDevice("w1a");
        Assert.Null(NetworkDevice.DriverOf(_folder.FullName, "w1a", Address));
        Assert.Null(NetworkDevice.DriverOf(_folder.FullName, "w1b", Address));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private DirectoryInfo AddDevice(string name)
    {
        var device = _folder.CreateSubdirectory(name);
        File.WriteAllText(Path.Combine(device.FullName, "address"), "02:00:00:00:00:1f\n");
        return device;
    }
}
