using Latlab.NodeAgent.Knobs.Cache;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>The kernel's resctrl as far as groups and masks go. Made up from its documentation; no processor was asked.</summary>
internal sealed class ResctrlHost(FakeTree tree) : WrappedHost(tree.Host)
{
    private const string Root = "/sys/fs/resctrl";

    public override string? MakeGroup(string directory)
    {
        if (List(directory).Count == 0 && base.MakeGroup($"{directory}/mon_groups") is null)
        {
            base.ReplaceDurably($"{directory}/schemata", "    MB:0=100;1=100\n    L3:0=fff;1=fff\n");
            base.ReplaceDurably($"{directory}/cpus_list", "\n");
            base.ReplaceDurably($"{directory}/mode", "shareable\n");
        }

        return null;
    }

    public override string? RemoveGroup(string directory)
    {
        if (List(directory).Count > 0)
        {
            // The kernel takes the group's files with it.
            Directory.Delete(tree.Root + directory, recursive: true);
        }

        return null;
    }

    /// <summary>A line of a schemata is about the caches that it names.</summary>
    public override string? WriteAttribute(string path, string value)
    {
        if (!path.EndsWith("schemata", StringComparison.Ordinal))
        {
            return path.EndsWith("/mode", StringComparison.Ordinal) && value == "exclusive" && Overlap(Read($"{Root}/latlab/schemata").Text!)
                ? "Invalid argument"
                : base.WriteAttribute(path, value);
        }

        if (Read($"{Root}/latlab/mode").Text == "exclusive" && Overlap(value, path.Contains("latlab", StringComparison.Ordinal)))
        {
            return "Invalid argument";
        }

        var lines = Read(path).Text!.Split('\n').ToList();
        var line = lines.FindIndex(line => line.Trim().StartsWith("L3:", StringComparison.Ordinal));
        var masks = lines[line].Trim()[3..].Split(';').Select(entry => entry.Split('=')).ToDictionary(entry => entry[0], entry => entry[1]);
        foreach (var entry in value[3..].Split(';').Select(entry => entry.Split('=')))
        {
            masks[entry[0]] = entry[1].PadLeft(3, '0');
        }

        lines[line] = "    L3:" + string.Join(';', masks.Select(entry => $"{entry.Key}={entry.Value}"));
        return base.WriteAttribute(path, string.Join('\n', lines));
    }


    /// <summary>Whether masks, of our group or of everybody else, have a way in common with the other one, or with devices.</summary>
    private bool Overlap(string masks, bool ours = true)
    {
        var shared = Convert.ToUInt64(Read($"{Root}/info/L3/shareable_bits").Text, 16);
        var others = CacheState.Schemata(Read(ours ? $"{Root}/schemata" : $"{Root}/latlab/schemata").Text!);
        return CacheState.Schemata(masks).Any(entry => CacheState.Bits(entry.Value) is { } bits
            && ((ours && (bits & shared) != 0) || (bits & CacheState.Bits(others[entry.Key])) != 0));
    }
}
