namespace Latlab.NodeAgent.Kubelet;

/// <summary>Kubelet's command line. Pure.</summary>
internal static class KubeletArguments
{
    /// <summary>Flags with their values, <c>--name=value</c> and <c>--name value</c> alike; the last of the same name counts.</summary>
    /// <param name="commandLine">As <c>/proc/PID/cmdline</c> has it: each argument ends with a null.</param>
    public static IReadOnlyDictionary<string, string> Flags(string commandLine)
    {
        var words = commandLine.Split('\0');
        Dictionary<string, string> flags = new(StringComparer.Ordinal);
        for (var i = 1; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                continue;
            }

            var parts = words[i][2..].Split('=', 2);
            var isFollowed = parts.Length == 1 && i + 1 < words.Length && !words[i + 1].StartsWith('-');
            flags[parts[0]] = parts.Length == 2 ? parts[1] : isFollowed ? words[i + 1] : "";
        }

        return flags;
    }
}
