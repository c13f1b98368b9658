namespace Latlab.NodeAgent.Host;

/// <summary>Everything that the agent does to a machine goes through here. Paths are absolute ones of that machine.</summary>
internal interface IHost
{
    /// <summary>Reads a small text file, without its trailing line end.</summary>
    public HostText Read(string path);

    /// <summary>Writes a kernel attribute that exists, in one write. Returns the kernel's word when it refused, otherwise null.</summary>
    public string? WriteAttribute(string path, string value);

    /// <summary>Whether anybody at all may write to a file, by its mode; true when there is none.</summary>
    public bool MayBeWritten(string path);

    /// <summary>Names in a directory, sorted; empty when there is no such directory.</summary>
    public IReadOnlyList<string> List(string directory);

    /// <summary>The path without symbolic links in it; null when nothing is there.</summary>
    public string? RealPath(string path);

    /// <summary>
    /// Replaces a private file (mode 0600, its directory 0700) such that after a crash at any moment either the old or the new text is
    /// there whole.
    /// </summary>
    /// <exception cref="IOException">It could not be; the old text is still there.</exception>
    public void ReplaceDurably(string path, string text);

    /// <summary>Runs a program without a shell. An exit code other than 0 is an outcome, not an exception.</summary>
    public CommandOutcome Run(string program, IReadOnlyList<string> arguments);
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
