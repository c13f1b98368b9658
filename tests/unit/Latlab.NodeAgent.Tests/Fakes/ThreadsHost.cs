namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>A kernel whose threads are files in a tree. No thread of this machine is touched.</summary>
internal sealed class ThreadsHost(FakeTree tree) : WrappedHost(tree.Host)
{
    public string? Refusal { get; init; }

    public static string Cpus(FakeTree tree, int process) => tree.Text($"/proc/{process}/status").Split('\t')[^1];

    public override string? SetCpus(int process, string name, IReadOnlyList<int> cpus) =>
        Refusal ?? WriteAttribute($"/proc/{process}/status", ThreadTree.Status(name, Crds.CpuList.Format(cpus)));
}

/// <summary>Makes threads in a tree.</summary>
internal static class ThreadTree
{
    public static FakeTree Thread(this FakeTree tree, int process, string name, string cpus, bool bound = false, int parent = 2) => tree
        .File($"/proc/{process}/comm", name)
        .File($"/proc/{process}/stat", $"{process} ({name}) S {(process == 2 ? 0 : parent)} 0 0 0 -1 {0x0020_8040 | (bound ? 0x0400_0000 : 0)} 0 0 0 0")
        .File($"/proc/{process}/status", Status(name, cpus));

    public static string Status(string name, string cpus) => $"Name:\t{name}\nCpus_allowed_list:\t{cpus}";
}
