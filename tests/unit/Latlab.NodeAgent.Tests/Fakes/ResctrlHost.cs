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
            return base.WriteAttribute(path, value);
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
}
