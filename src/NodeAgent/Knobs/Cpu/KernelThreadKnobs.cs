using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Knobs.Named;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// Where threads of the kernel run that are not bound to a CPU: RCU's callbacks (rcuo*), its grace periods, writeback, compaction.
/// </summary>
internal static class KernelThreadKnobs
{
    private const string Prefix = "cpu.kernelThreadAffinity";
    private static readonly ThreadsKnob Threads = new();

    public static readonly KnobKind Affinity = new(
        Prefix,
        (spec, host) => NodeCpus.Wishes(host, Prefix, spec.Cpu?.KernelThreadAffinity, cpus => [Wish.For(Threads, CpuList.Format(cpus))]),
        FileKinds.Only(Threads),
        new(
            "Threads of the kernel stay off the other CPUs; with rcu_nocbs or nohz_full RCU's callbacks above all.", "/proc/PID/status (Cpus_allowed_list)",
            "admin-guide/kernel-per-CPU-kthreads.rst, timers/no_hz.rst",
            "The agent needs SYS_NICE, and the host's process IDs (agent.hostPID). What is bound to a CPU (rcuc, ksoftirqd, migration, kworker) cannot be moved; threads of interrupts follow these"));

    private sealed class ThreadsKnob() : NamedKnob(Prefix)
    {
        public override string Evidence => "/proc/PID/status";

        public override KnobReading Read(HostView host)
        {
            var reading = base.Read(host);
            var bound = reading.Value is null ? 0 : KernelThreads.All(host.Files).Count(thread => !thread.MayBeMoved);
            return bound == 0 ? reading : reading with { Remark = $"{bound} threads of the kernel are bound to their CPUs, and the kernel lets nobody move them" };
        }

        /// <summary>Threads of one name share a value: the CPUs that any of them may run on.</summary>
        protected override IEnumerable<KeyValuePair<string, string>> Values(HostView host) => KernelThreads.All(host.Files)
            .Where(thread => thread.MayBeMoved)
            .GroupBy(thread => thread.Label, StringComparer.Ordinal)
            .Select(threads => KeyValuePair.Create(threads.Key, CpuList.Format(threads.SelectMany(thread => KernelThreads.Cpus(host.Files, thread)).Distinct().Order())))
            .Where(entry => entry.Value.Length > 0);

        protected override KnobReading? Obstacle(HostView host) => KernelThreads.Obstacle(host.Files);

        protected override string? Set(HostView host, string name, string value) => KernelThreads.All(host.Files)
            .Where(thread => thread.MayBeMoved && thread.Label == name)
            .Select(thread => host.Files.SetCpus(thread.Process, thread.Name, CpuList.Parse(value)) is { } problem
                ? $"the kernel refused to let {thread.Name} (/proc/{thread.Process}) run on {value}: {problem}"
                    + (problem == HostRoot.NotPermitted ? "; this needs the capability SYS_NICE: add it to agent.capabilities in the chart's values" : "")
                : null)
            .FirstOrDefault(problem => problem is not null);
    }
}
