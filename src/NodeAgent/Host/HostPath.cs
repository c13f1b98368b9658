namespace Latlab.NodeAgent.Host;

/// <summary>
/// Maps a path of the host to one below the root at which the host's tree is mounted. Symbolic links are followed as the host itself would
/// (an absolute
/// link starts at the root again), and nothing leads out of the root.
/// </summary>
internal static class HostPath
{
    private const int MaxLinks = 40;

    /// <exception cref="IOException">More links than Linux itself would follow (ELOOP).</exception>
    public static string Resolve(string root, string path)
    {
        var pending = new Stack<string>(Parts(path).Reverse());
        var resolved = new List<string>();
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                // At the root itself ".." stays there, as in a chroot.
                resolved.RemoveRange(Math.Max(0, resolved.Count - 1), Math.Min(1, resolved.Count));
                continue;
            }

            resolved.Add(part);
            if (new FileInfo(Below(root, resolved)).LinkTarget is not { } target)
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"{path}: too many levels of symbolic links");
            }

            resolved.RemoveAt(resolved.Count - 1);
            if (target.StartsWith('/'))
            {
                resolved.Clear();
            }

            foreach (var next in Parts(target).Reverse())
            {
                pending.Push(next);
            }
        }

        return Below(root, resolved);
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));

    private static string Below(string root, List<string> parts) => parts.Count == 0 ? root : Path.Combine(root, Path.Combine([.. parts]));
}
