using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>Passes everything on; what a test changes, it overrides.</summary>
internal abstract class WrappedHost(IHost inner) : IHost
{
    public virtual HostText Read(string path) => inner.Read(path);

    public virtual HostText ReadCompressed(string path) => inner.ReadCompressed(path);

    public virtual HostText ReadLog(string device) => inner.ReadLog(device);

    public virtual string? WriteAttribute(string path, string value) => inner.WriteAttribute(path, value);

    public virtual bool MayBeWritten(string path) => inner.MayBeWritten(path);

    public virtual IReadOnlyList<string> List(string directory) => inner.List(directory);

    public virtual string? MakeGroup(string directory) => inner.MakeGroup(directory);

    public virtual string? RemoveGroup(string directory) => inner.RemoveGroup(directory);

    public virtual string? SetCpus(int process, string name, IReadOnlyList<int> cpus) => inner.SetCpus(process, name, cpus);

    public virtual bool OutlivesCall => inner.OutlivesCall;

    public virtual bool IsNode => inner.IsNode;

    public virtual HostText ReadNumber(string device) => inner.ReadNumber(device);

    public virtual ulong? ReadRegister(string device, long offset) => inner.ReadRegister(device, offset);

    public virtual string? Hold(string device, int? value) => inner.Hold(device, value);

    public virtual int? Held(string device) => inner.Held(device);

    public virtual string? RealPath(string path) => inner.RealPath(path);

    public virtual void ReplaceDurably(string path, string text) => inner.ReplaceDurably(path, text);

    public virtual bool Exists(string path) => inner.Exists(path);

    public virtual void ReplaceSystemFile(string path, string text) => inner.ReplaceSystemFile(path, text);

    public virtual void RenameDurably(string from, string to) => inner.RenameDurably(from, to);

    public virtual void Delete(string path) => inner.Delete(path);

    public virtual CommandOutcome Run(string program, IReadOnlyList<string> arguments) => inner.Run(program, arguments);

    public virtual CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit) => inner.RunOnHost(program, arguments, limit);
}

/// <summary>A kernel that has memory for so many hugepages, and for more after each compaction.</summary>
internal sealed class ScarceMemoryHost(IHost inner, int pages, int gainPerCompaction = 0) : WrappedHost(inner)
{
    private int _pages = pages;

    /// <summary>The files by which memory was compacted.</summary>
    public List<string> Compactions { get; } = [];

    public override string? WriteAttribute(string path, string value)
    {
        if (path.Contains("compact", StringComparison.Ordinal))
        {
            Compactions.Add(path);
            _pages += gainPerCompaction;
            return null;
        }

        return path.EndsWith("nr_hugepages", StringComparison.Ordinal) && int.Parse(value, null) > _pages
            ? base.WriteAttribute(path, $"{_pages}")
            : base.WriteAttribute(path, value);
    }
}

/// <summary>A kernel that refuses to take values for some files.</summary>
internal sealed class RefusingHost(IHost inner, string word, Func<string, bool> refuses) : WrappedHost(inner)
{
    public int Attempts { get; private set; }

    public override string? WriteAttribute(string path, string value)
    {
        if (!refuses(path))
        {
            return base.WriteAttribute(path, value);
        }

        Attempts++;
        return word;
    }
}

/// <summary>A machine whose links are given as text, and whose programs are never really started.</summary>
internal sealed class LinksHost(IHost inner, string json) : WrappedHost(inner)
{
    public List<string> Commands { get; } = [];

    public override CommandOutcome Run(string program, IReadOnlyList<string> arguments)
    {
        Commands.Add($"{program} {string.Join(' ', arguments)}");
        return new(0, json, "");
    }
}

/// <summary>A node, as an agent in a pod sees it.</summary>
internal sealed class NodeHost(IHost inner) : WrappedHost(inner)
{
    public override bool IsNode => true;
}

/// <summary>Notes what is read.</summary>
internal sealed class ReadingHost(IHost inner) : WrappedHost(inner)
{
    public List<string> Reads { get; } = [];

    public override HostText Read(string path)
    {
        Reads.Add(path);
        return base.Read(path);
    }
}

/// <summary>Notes what is done, in order.</summary>
internal sealed class RecordingHost(IHost inner) : WrappedHost(inner)
{
    public List<string> Done { get; } = [];

    public override string? WriteAttribute(string path, string value)
    {
        Done.Add($"write {path} {value}");
        return base.WriteAttribute(path, value);
    }

    public override string? SetCpus(int process, string name, IReadOnlyList<int> cpus)
    {
        Done.Add($"move {name}");
        return base.SetCpus(process, name, cpus);
    }

    public override void ReplaceDurably(string path, string text)
    {
        Done.Add($"replace {path}");
        base.ReplaceDurably(path, text);
    }
}

/// <summary>A host on which looking at some files throws.</summary>
internal sealed class ThrowingHost(IHost inner, Exception thrown, Func<string, bool> throws) : WrappedHost(inner)
{
    public override HostText Read(string path) => throws(path) ? throw thrown : base.Read(path);

    public override IReadOnlyList<string> List(string directory) => throws(directory) ? throw thrown : base.List(directory);

    public override string? WriteAttribute(string path, string value) => throws(path) ? throw thrown : base.WriteAttribute(path, value);
}

/// <summary>An agent's view of a host on which the agent is killed at its n-th change, before or after that change took place.</summary>
internal sealed class DeadlyHost(IHost inner, int deadly, bool afterwards) : WrappedHost(inner)
{
    private int _changes;

    public override string? WriteAttribute(string path, string value) => Live(() => base.WriteAttribute(path, value));

    public override string? MakeGroup(string directory) => Live(() => base.MakeGroup(directory));

    public override string? RemoveGroup(string directory) => Live(() => base.RemoveGroup(directory));

    public override string? SetCpus(int process, string name, IReadOnlyList<int> cpus) => Live(() => base.SetCpus(process, name, cpus));

    public override string? Hold(string device, int? value) => Live(() => base.Hold(device, value));

    public override void ReplaceDurably(string path, string text) => Live(() => base.ReplaceDurably(path, text));

    public override void ReplaceSystemFile(string path, string text) => Live(() => base.ReplaceSystemFile(path, text));

    public override void RenameDurably(string from, string to) => Live(() => base.RenameDurably(from, to));

    public override void Delete(string path) => Live(() => base.Delete(path));

    public override CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit) =>
        arguments.Contains("show") ? base.RunOnHost(program, arguments, limit) : Live(() => base.RunOnHost(program, arguments, limit));

    public override CommandOutcome Run(string program, IReadOnlyList<string> arguments) =>
        arguments.Contains("show") ? base.Run(program, arguments) : Live(() => base.Run(program, arguments));

    private void Live(Action change) => Live(() =>
    {
        change();
        return true;
    });

    private T Live<T>(Func<T> change)
    {
        var fatal = ++_changes == deadly;
        if (fatal && !afterwards)
        {
            throw new KilledException();
        }

        var result = change();
        return fatal ? throw new KilledException() : result;
    }
}

/// <summary>Stands for SIGKILL: nothing in the product may catch it.</summary>
internal sealed class KilledException : Exception;
