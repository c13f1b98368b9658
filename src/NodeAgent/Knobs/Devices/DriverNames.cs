using Latlab.Crds.TunedNodes;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>Drivers as the kernel names them.</summary>
internal static class DriverNames
{
    public const string VfioPci = "vfio-pci";
    public const string UioPciGeneric = "uio_pci_generic";
    public const string IgbUio = "igb_uio";

    /// <summary>A wish as the knob's value.</summary>
    public static string Of(DeviceDriver driver) => driver switch
    {
        DeviceDriver.VfioPci => VfioPci,
        DeviceDriver.UioPciGeneric => UioPciGeneric,
        DeviceDriver.IgbUio => IgbUio,
        _ => Binding.OfKernel,
    };

    /// <summary>A wish as the knob's value.</summary>
    public static string Of(VfDriver driver) => driver == VfDriver.VfioPci ? VfioPci : Binding.OfKernel;

    /// <summary>The module that has the driver.</summary>
    public static string Module(string driver) => driver == VfioPci ? "vfio_pci" : driver;
}
