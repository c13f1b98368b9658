namespace Latlab.NodeAgent.Host;

/// <summary>Everything that the agent does to a machine goes through here. Paths are absolute ones of that machine.</summary>
internal interface IHost
{
    /// <summary>Reads a small text file, without its trailing line end.</summary>
    public HostText Read(string path);

    /// <summary>Reads a small text file that gzip compressed.</summary>
    public HostText ReadCompressed(string path);

    /// <summary>
    /// Reads what the kernel wrote to its log before the first program did, without waiting for more: the device is one that never ends.
    /// </summary>
    public HostText ReadLog(string device);

    /// <summary>Writes a kernel attribute that exists, in one write. Returns the kernel's word when it refused, otherwise null.</summary>
    public string? WriteAttribute(string path, string value);

    /// <summary>Whether there is a file, or a directory.</summary>
    public bool Exists(string path);

    /// <summary>Whether anybody at all may write to a file, by its mode; true when there is none.</summary>
    public bool MayBeWritten(string path);

    /// <summary>Names in a directory, sorted; empty when there is no such directory.</summary>
    /// <exception cref="IOException">It is there, and may not be looked at.</exception>
    public IReadOnlyList<string> List(string directory);

    /// <summary>
    /// Makes a directory in a file system of the kernel (control groups, resctrl), where that makes a group. One that is there is no
    /// failure. Returns why not, otherwise null.
    /// </summary>
    public string? MakeGroup(string directory);

    /// <summary>Removes such a directory, and with it the group. One that is gone is no failure. Returns why not, otherwise null.</summary>
    public string? RemoveGroup(string directory);

    /// <summary>
    /// Says on which CPUs a thread of the host's kernel may run; nothing happens when that ID is another thread's by now. Returns the
    /// system's word when it refused, otherwise null.
    /// </summary>
    public string? SetCpus(int process, string name, IReadOnlyList<int> cpus);

    /// <summary>
    /// Whether what is held outlives the call that asked for it: true for an agent that stays, false for a verb that ends at once.
    /// </summary>
    public bool OutlivesCall { get; }

    /// <summary>
    /// Whether the host is for certain a node of a cluster, as the agent looks at it from a pod: then there is a kubelet, whatever the
    /// program is called that it is part of.
    /// </summary>
    public bool IsNode { get; }

    /// <summary>The number that a device gives (a binary int32).</summary>
    public HostText ReadNumber(string device);

    /// <summary>
    /// A register that a device gives at an offset (a binary uint64 at a time: <c>/dev/cpu/N/msr</c>, msr(4)); null when it does not.
    /// </summary>
    public ulong? ReadRegister(string device, long offset);

    /// <summary>
    /// Writes a number to a device that the kernel obeys while it stays open, and keeps it open; null lets go. Returns the system's word
    /// when it refused, otherwise null.
    /// </summary>
    public string? Hold(string device, int? value);

    /// <summary>What this process holds there; null for nothing.</summary>
    public int? Held(string device);

    /// <summary>The path without symbolic links in it; null when nothing is there.</summary>
    public string? RealPath(string path);

    /// <summary>
    /// Replaces a private file (mode 0600, its directory 0700) such that after a crash at any moment either the old or the new text is
    /// there whole.
    /// </summary>
    /// <exception cref="IOException">It could not be; the old text is still there.</exception>
    public void ReplaceDurably(string path, string text);

    /// <summary>
    /// Replaces or makes a file of the system's, for everybody to read, such that after a crash at any moment either the old or the new
    /// text is there whole. An existing file's mode is kept.
    /// </summary>
    /// <exception cref="IOException">It could not be; the old text is still there.</exception>
    public void ReplaceSystemFile(string path, string text);

    /// <summary>
    /// Puts a file in the place of another one: its content is on the disk first, and after a crash one of the two is there whole.
    /// </summary>
    /// <exception cref="IOException">It could not be; the other one is still there.</exception>
    public void RenameDurably(string from, string to);

    /// <summary>Removes a file, durably; nothing when there is none.</summary>
    /// <exception cref="IOException">It could not be.</exception>
    public void Delete(string path);

    /// <summary>Runs a program without a shell. An exit code other than 0 is an outcome, not an exception.</summary>
    public CommandOutcome Run(string program, IReadOnlyList<string> arguments);

    /// <summary>
    /// Runs one of the host's own programs, within the host's tree (<c>chroot(2)</c>), without a shell; under the root of a copied tree it
    /// is that copy's program and sees that copy.
    /// </summary>
    /// <param name="program">Its name, found by the host's usual paths.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">After which it is ended.</param>
    public CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit);

    /// <summary>The same, for what is done in a moment.</summary>
    public CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments) => RunOnHost(program, arguments, TimeSpan.FromSeconds(30));
}

/// <summary>What reading a file gave.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="Problem">Why there is no text: null when the file does not exist, otherwise the system's word.</param>
internal readonly record struct HostText(string? Text, string? Problem)
{
    public bool IsMissing => Text is null && Problem is null;
}

/// <summary>How a program ended.</summary>
internal sealed record CommandOutcome(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
