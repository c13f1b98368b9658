namespace Latlab.Cli.Live;

/// <summary>What a live result was made with.</summary>
internal static class CaptureEnvironment
{
    /// <summary>
    /// What the user says, and as <c>nic</c>, if they do not say it, the driver that all devices have: what a NIC adds differs by microseconds, so
    /// compare asks for it. Without a driver, or with several, nothing is said of it.
    /// </summary>
    /// <param name="said">By the user; upper and lower case of a key do not matter, as in compare.</param>
    /// <param name="drivers">Of each device; null for one without.</param>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> said, IReadOnlyList<string?> drivers) =>
        said.Keys.Contains("nic", StringComparer.OrdinalIgnoreCase) || drivers.Distinct().ToList() is not [{ } driver]
            ? said
            : new Dictionary<string, string>(said) { ["nic"] = driver };
}
