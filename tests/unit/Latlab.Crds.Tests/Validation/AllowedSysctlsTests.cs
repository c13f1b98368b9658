using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests.Validation;

public sealed class AllowedSysctlsTests
{
    private static readonly VirtualWire[] Wires = [new() { Name = "left" }];

    [Theory]
    [InlineData("vm.stat_interval", "3600")]
    [InlineData("vm.dirty_ratio", "5")]
    [InlineData("kernel.watchdog_cpumask", "0,2-3")]
    [InlineData("kernel.sched_rt_runtime_us", "-1")]
    [InlineData("kernel.sched_rt_runtime_us", "950000")]
    [InlineData("net.core.busy_poll", "50")]
    [InlineData("net.core.netdev_budget", "600")]
    [InlineData("net.ipv4.tcp_rmem", "4096 131072 6291456")]
    [InlineData("net.ipv4.tcp_low_latency", "1")]
    [InlineData("net.ipv4.udp_rmem_min", "8192")]
    [InlineData("net.ipv4.conf.left-a.rp_filter", "0")]
    [InlineData("net.ipv4.neigh.left-b.gc_stale_time", "60")]
    [InlineData("net.ipv6.conf.left-b.accept_ra", "0")]
    public void What_shapes_latency_may_be_set(string name, string value) => Assert.Null(Check(name, value));

    [Theory]
    [InlineData("kernel.core_pattern")]
    [InlineData("kernel.modprobe")]
    [InlineData("kernel.poweroff_cmd")]
    [InlineData("kernel.panic_on_oops")]
    [InlineData("kernel.softlockup_panic")]
    [InlineData("kernel.modules_disabled")]
    [InlineData("kernel.hostname")]
    [InlineData("kernel.randomize_va_space")]
    [InlineData("fs.binfmt_misc.register")]
    [InlineData("vm.panic_on_oom")]
    [InlineData("vm.drop_caches")]
    [InlineData("vm.compact_memory")]
    [InlineData("vm.min_free_kbytes")]
    [InlineData("vm.overcommit_ratio")]
    [InlineData("vm.overcommit_kbytes")]
    [InlineData("net.core.bpf_jit_enable")]
    [InlineData("net.core.default_qdisc")]
    [InlineData("net.ipv4.ip_forward")]
    [InlineData("net.ipv4.route.flush")]
    [InlineData("net.ipv4.tcp_mem")]
    [InlineData("net.ipv4.tcp_congestion_control")]
    [InlineData("net.ipv4.tcp_fastopen_key")]
    [InlineData("net.ipv4.udp_mem")]
    [InlineData("net.ipv4.conf.all.forwarding")]
    [InlineData("net.ipv4.conf.default.rp_filter")]
    [InlineData("net.ipv4.conf.eth0.forwarding")]
    [InlineData("net.ipv4.conf.right-a.rp_filter")]
    [InlineData("net.ipv6.conf.all.disable_ipv6")]
    [InlineData("net.ipv6.conf.left-a.disable_ipv6")]
    [InlineData("net.ipv6.conf.left-a.stable_secret")]
    [InlineData("net.netfilter.nf_conntrack_max")]
    public void What_could_take_the_node_or_cannot_be_undone_is_refused_with_a_remedy(string name)
    {
        var refusal = Check(name, "1");
        Assert.Equal(("spec.kernel.sysctls", name), (refusal?.Field, refusal?.Value));
        Assert.NotEmpty(refusal!.Problem);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Theory]
    [InlineData("kernel.sem")]
    [InlineData("kernel.shmmax")]
    [InlineData("kernel.msgmnb")]
    [InlineData("fs.mqueue.msg_max")]
    public void What_belongs_to_an_ipc_namespace_is_refused_for_that(string name) =>
        Assert.Contains("IPC namespace", Check(name, "1")!.Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("vm.dirty_bytes", "use vm.dirty_ratio")]
    [InlineData("vm.dirty_background_bytes", "use vm.dirty_background_ratio")]
    [InlineData("kernel.nothing", "other sysctls and kernel arguments are not set by latlab")]
    [InlineData("kernel.nothing", "vm.stat_interval, vm.swappiness")]
    public void The_remedy_says_what_to_write_instead(string name, string remedy) =>
        Assert.Contains(remedy, Check(name, "1")!.Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("kernel.sched_rt_runtime_us", "0")]
    [InlineData("kernel.sched_rt_runtime_us", "1")]
    [InlineData("vm.dirty_ratio", "0")]
    [InlineData("net.core.dev_weight", "0")]
    [InlineData("net.core.netdev_budget", "-1")]
    [InlineData("net.core.netdev_max_backlog", "1")]
    [InlineData("net.core.rps_sock_flow_entries", "536870912")]
    [InlineData("net.ipv4.tcp_rmem", "1 1 1")]
    [InlineData("net.ipv4.tcp_wmem", "4096 16384")]
    [InlineData("vm.stat_interval", "")]
    [InlineData("vm.stat_interval", "1\n")]
    public void A_value_that_stops_the_node_is_refused_by_its_field(string name, string value) =>
        Assert.Equal($"spec.kernel.sysctls[{name}]", Check(name, value)?.Field);

    [Fact]
    public void Watchdogs_are_set_together_or_one_by_one()
    {
        var all = new Dictionary<string, string> { ["kernel.watchdog"] = "0", ["kernel.nmi_watchdog"] = "0" };
        Assert.Contains("set either kernel.watchdog", AllowedSysctls.Check("kernel.watchdog", all, [])!.Remedy, StringComparison.Ordinal);
        Assert.Null(AllowedSysctls.Check("kernel.nmi_watchdog", all, []));
        Assert.Null(Check("kernel.watchdog", "0"));
    }

    [Fact]
    public void Names_and_values_have_bounds()
    {
        Assert.NotNull(Check("net.core." + new string('a', 250), "1"));
        Assert.Null(Check("vm.stat_interval", new string('1', 256)));
        Assert.NotNull(Check("vm.stat_interval", new string('1', 257)));
    }

    private static Refusal? Check(string name, string value) =>
        AllowedSysctls.Check(name, new Dictionary<string, string> { [name] = value }, Wires);
}
