namespace Latlab.Crds.TunedNodes;

/// <summary>Hugepages that the kernel makes when it boots.</summary>
public static class BootPools
{
    /// <summary>
    /// Whether an argument asks for some: <c>hugepagesz=1G hugepages=8</c>, with a number for each NUMA node <c>hugepages=0:4,1:4</c>, or a word
    /// alone for the default size (<c>admin-guide/kernel-parameters.rst</c>).
    /// </summary>
    public static bool Asks(string argument) => argument.Split(' ').Any(word => word.StartsWith("hugepages=", StringComparison.Ordinal));
}
