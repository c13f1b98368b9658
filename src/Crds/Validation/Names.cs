namespace Latlab.Crds.Validation;

/// <summary>Patterns that names and values in the API must match; used in the CRD schema and by the validators alike.</summary>
public static class Names
{
    /// <summary>Logical name (RFC 1123 label, at most 63 characters).</summary>
    public const string Label = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

    /// <summary>A namespace, or <c>*</c> for all.</summary>
    public const string NamespaceOrAll = @"^(\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$";

    /// <summary>Object name (RFC 1123 subdomain).</summary>
    public const string Subdomain = "^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$";

    /// <summary>Name of a virtual wire. Its ends add two characters, and Linux allows 15 (IFNAMSIZ - 1).</summary>
    public const string Wire = "^[a-z][a-z0-9]{0,12}$";

    /// <summary>
    /// Name of a network device. Linux refuses more than 15 characters, "/" and blanks; we also refuse what a shell or a path could
    /// misread.
    /// </summary>
    public const string Device = "^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$";

    /// <summary>
    /// Address on the PCI bus as the kernel writes it: domain (longer than 4 digits behind some controllers), bus, device, function. Lower
    /// case alone: it is a name in sysfs.
    /// </summary>
    public const string PciAddress = @"^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$";

    /// <summary>A sysctl in dotted form, as <c>sysctl(8)</c> prints it.</summary>
    public const string Sysctl = "^(kernel|vm|net|fs)(\\.[A-Za-z0-9_-]+)+$";

    /// <summary>A module of the kernel: it becomes an argument, and part of a path.</summary>
    public const string KernelModule = "^[a-z0-9][a-z0-9_-]{0,55}$";

    /// <summary>CPUs as the kernel lists them, e.g. <c>0-3,8</c>.</summary>
    public const string CpuList = "^[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*$";

    /// <summary>
    /// A positive length of time: numbers with <c>us</c>, <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>, the first one not 0.
    /// </summary>
    public const string PositiveDuration = "^[1-9][0-9]{0,8}(us|ms|s|m|h)([0-9]{1,9}(us|ms|s|m|h))*$";

    /// <summary>A length of time that may be 0.</summary>
    public const string Duration = "^(0|([0-9]{1,9}(us|ms|s|m|h))+)$";

    /// <summary>A hugepage size that x86 or arm64 Linux offers, in Kubernetes' notation.</summary>
    public const string HugePageSize = "^(64Ki|2Mi|32Mi|512Mi|1Gi|16Gi)$";
}
