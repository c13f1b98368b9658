using Latlab.Crds.Experiments;

namespace Latlab.Cli.Forwarding;

/// <summary>How testpmd is to forward.</summary>
/// <param name="Mode">Forwarding mode.</param>
/// <param name="Ports">The two network devices.</param>
/// <param name="MemoryMiB">DPDK's memory.</param>
/// <param name="HugePages">Whether that memory is of hugepages.</param>
/// <param name="FilePrefix">Name of this DPDK process among others.</param>
internal sealed record TestpmdSettings(ForwardingMode Mode, IReadOnlyList<string> Ports, int MemoryMiB, bool HugePages, string FilePrefix);
