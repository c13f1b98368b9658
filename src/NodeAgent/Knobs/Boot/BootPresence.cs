using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>Arguments that a kernel shows by having a file, or none.</summary>
internal static class BootPresence
{
    private const string Groups = "/sys/kernel/iommu_groups";
    private const string Unified = "/sys/fs/cgroup/cgroup.controllers";
    private const string Pressure = "/proc/pressure/cpu";
    private const string MachineChecks = "/sys/devices/system/machinecheck";

    /// <summary>The file, and what is wrong there; null for an argument that is not shown so.</summary>
    public static (string File, string? Contradiction)? Of(IHost host, KernelArgument argument) => argument switch
    {
        { Name: "intel_iommu" or "amd_iommu", Value: { } value } when value.Split(',').Contains("on") => (Groups, NoGroups(host)),
        { Name: "iommu", Value: "pt" } => (Groups, NoGroups(host) ?? NotPassedThrough(host)),
        { Name: "psi", Value: "0" } => Absent(host, Pressure),
        { Name: "psi", Value: "1" } => Present(host, Pressure),
        { Name: "mce", Value: "off" } => (MachineChecks, host.List(MachineChecks).Count > 0 ? $"there is {MachineChecks}" : null),
        { Name: "systemd.unified_cgroup_hierarchy", Value: "1" or "yes" or "true" or null } => Present(host, Unified),
        { Name: "systemd.unified_cgroup_hierarchy", Value: "0" or "no" or "false" } => Absent(host, Unified),
        _ => null,
    };

    private static string? NoGroups(IHost host) =>
        host.List(Groups).Count > 0 ? null : $"{Groups} is empty: the firmware has the IOMMU (VT-d, AMD-Vi) switched off, or there is none; switch it on there";

    /// <summary>
    /// Some devices must be translated; none passed through says that the argument was dropped. Kernels before 5.11 do not show it.
    /// </summary>
    private static string? NotPassedThrough(IHost host)
    {
        var types = host.List(Groups).Select(group => host.Read($"{Groups}/{group}/type").Text?.Trim()).OfType<string>().ToList();
        return types.Count == 0 || types.Contains("identity") ? null : $"none of {Groups}/*/type is identity";
    }

    private static (string, string?) Present(IHost host, string file) => (file, host.Read(file).IsMissing ? $"there is no {file}" : null);

    private static (string, string?) Absent(IHost host, string file) => (file, host.Read(file).IsMissing ? null : $"there is {file}");
}
