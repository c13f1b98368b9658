namespace Latlab.Cli.Forwarding;

/// <summary>The CPUs that this process may run on.</summary>
internal static class AllowedCpus
{
    /// <summary>As the kernel writes them, e.g. <c>0-3,8</c>; null when it does not say.</summary>
    public static string? OfThisProcess()
    {
        const string field = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(candidate => candidate.StartsWith(field, StringComparison.Ordinal));
        return line?[field.Length..].Trim();
    }
}
