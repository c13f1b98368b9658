namespace Latlab.Cli.Forwarding;

/// <summary>
/// Which of the allowed CPUs the forwarder is pinned to. Where kubelet's CPU manager policy is <c>static</c>, they are as many as were
/// asked for. Elsewhere a pod is allowed all CPUs within a quota, and a busy-polling lcore on each of them would use that up in a part of
/// each period, and stand still for the rest.
/// </summary>
/// <param name="Cpus">The chosen CPUs, ascending, at least one.</param>
/// <param name="Exclusive">Whether they are all that are allowed, and as many as were asked for.</param>
internal sealed record CpuChoice(IReadOnlyList<int> Cpus, bool Exclusive)
{
    /// <summary>
    /// Most CPUs that may be asked for: the API's bound, and within the 128 lcores of DPDK as distributions build it (RTE_MAX_LCORE).
    /// </summary>
    public const int Most = 64;

    /// <summary>Chooses those with the highest numbers: CPU 0 has most of the interrupts and of the system's own work.</summary>
    /// <param name="allowed">CPUs that this process may use, ascending.</param>
    /// <param name="asked">How many the forwarder shall have, from 1 to <see cref="Most"/>. When fewer are allowed, it gets those.</param>
    public static CpuChoice From(IReadOnlyList<int> allowed, int asked) => new([.. allowed.TakeLast(asked)], allowed.Count == asked);
}
