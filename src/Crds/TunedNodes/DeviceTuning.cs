using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>
/// A network port of the node, or a virtual function of one: which driver it has, and which virtual functions. Exactly one of
/// <c>pciAddress</c> and <c>netdev</c> is set. A port that the node itself uses (a route, an address, a bond, a disk) is refused by the
/// agent, and so is one that a program holds.
/// </summary>
public sealed record DeviceTuning
{
    /// <summary>Logical name, for messages.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Name { get; set; } = "";

    /// <summary>Address on the PCI bus as <c>lspci -D</c> shows it, e.g. <c>0000:3b:00.0</c>.</summary>
    [RegularExpression(Names.PciAddress)]
    public string? PciAddress { get; init; }

    /// <summary>
    /// Network device on the node, e.g. <c>ens1f0</c>; the agent finds its PCI address, and remembers it while another driver hides the
    /// name.
    /// </summary>
    [RegularExpression(Names.Device)]
    public string? Netdev { get; init; }

    /// <summary>
    /// Driver to bind the device to. Ports of Mellanox (mlx4, mlx5) are refused another one than their own: DPDK uses them beside it.
    /// </summary>
    public DeviceDriver? Driver { get; init; }

    /// <summary>Virtual functions of the port.</summary>
    public SriovTuning? Sriov { get; init; }
}

/// <summary>A driver of a port.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeviceDriver>))]
public enum DeviceDriver
{
    /// <summary>The one that the kernel chooses by itself.</summary>
    Kernel,

    /// <summary>
    /// <c>vfio-pci</c>: a program has the device, confined by the IOMMU. All that shares its IOMMU group must go with it.
    /// </summary>
    VfioPci,

    /// <summary><c>uio_pci_generic</c>: a program has the device, confined by nothing.</summary>
    UioPciGeneric,

    /// <summary><c>igb_uio</c> of dpdk-kmods: as <c>UioPciGeneric</c>, with MSI-X. Not of the kernel's own tree.</summary>
    IgbUio,
}

/// <summary>
/// Virtual functions of a port (Linux <c>PCI/pci-iov-howto.rst</c>). Another number than there is takes all of them away first.
/// </summary>
public sealed record SriovTuning
{
    /// <summary>Number of virtual functions; at most the port's <c>sriov_totalvfs</c>.</summary>
    [Required]
    [Range(0, 256)]
    public int NumVfs { get; init; }

    /// <summary>Driver of each of them.</summary>
    public VfDriver? VfDriver { get; init; }

    /// <summary>Whether each may do what concerns others: be promiscuous, change its MAC address.</summary>
    public bool? Trust { get; init; }

    /// <summary>
    /// Whether the port drops frames that one sends from another MAC address than its own. A forwarder needs <c>false</c>.
    /// </summary>
    public bool? SpoofCheck { get; init; }
}

/// <summary>A driver of virtual functions. The drivers of UIO need an interrupt line, which a virtual function does not have.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VfDriver>))]
public enum VfDriver
{
    /// <summary>The one that the kernel chooses by itself.</summary>
    Kernel,

    /// <summary><c>vfio-pci</c>.</summary>
    VfioPci,
}
