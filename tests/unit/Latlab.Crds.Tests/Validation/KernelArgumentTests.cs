using CsCheck;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests.Validation;

public sealed class KernelArgumentTests
{
    [Theory]
    [InlineData("nosmt", "nosmt", null)]
    [InlineData("nohz_full=2-5", "nohz_full", "2-5")]
    [InlineData("isolcpus=managed_irq,domain,2-5", "isolcpus", "managed_irq,domain,2-5")]
    [InlineData("rcutree.kthread_prio=11", "rcutree.kthread_prio", "11")]
    [InlineData("hugepagesz=1G hugepages=8", "hugepages:1G", "8")]
    [InlineData("hugepagesz=1G hugepages=0:4,1:4", "hugepages:1G", "0:4,1:4")]
    public void An_argument_is_read_and_written(string text, string name, string? value)
    {
        Assert.Equal(new KernelArgument(name, value), KernelArgument.TryParse(text));
        Assert.Equal(text, $"{KernelArgument.TryParse(text)}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nosmt\n")]
    [InlineData("a b")]
    [InlineData("a=\"b\"")]
    [InlineData("a='b'")]
    [InlineData("a=$HOME")]
    [InlineData("a=`id`")]
    [InlineData("a;reboot")]
    [InlineData("a=b|c")]
    [InlineData("a=b\\c")]
    [InlineData("-- a")]
    [InlineData("=b")]
    [InlineData("hugepagesz=1G  hugepages=8")]
    [InlineData("hugepagesz=1G nosmt")]
    [InlineData("hugepagesz=1G hugepages=0:4,1")]
    [InlineData("hugepagesz=1G hugepages=0:")]
    [InlineData("hugepagesz=1G hugepages=0:4,")]
    public void What_a_shell_or_a_boot_loader_could_misread_is_none(string text) => Assert.Null(KernelArgument.TryParse(text));

    /// <summary>
    /// The promise that boot files rest on: whatever is taken has none of these characters, and is one word or the one pair of them.
    /// </summary>
    [Fact]
    public void Nothing_that_is_taken_can_leave_its_word() => Gen.String[Gen.Char[' ', '~'], 1, 40].Sample(text =>
    {
        if (KernelArgument.TryParse(text) is { } argument)
        {
            Assert.DoesNotContain(text, character => "\"'$`;|&<>\\(){}#!\n\r\t".Contains(character, StringComparison.Ordinal));
            Assert.InRange(text.Split(' ').Length, 1, argument.Name.StartsWith("hugepages:", StringComparison.Ordinal) ? 2 : 1);
        }
    });

    [Theory]
    [InlineData("init=/bin/sh")]
    [InlineData("rdinit=/bin/sh")]
    [InlineData("root=/dev/sda1")]
    [InlineData("systemd.unit=rescue.target")]
    [InlineData("rd.break")]
    [InlineData("single")]
    [InlineData("isolcpus=0-3")]
    [InlineData("nohz_full=0")]
    [InlineData("nohz-full=0-3")]
    [InlineData("nohz_full=all")]
    [InlineData("isolcpus=managed_irq,2-N")]
    [InlineData("isolcpus=2-7:1/2")]
    [InlineData("module-blacklist=ext4")]
    [InlineData("modprobe.blacklist=nvme,virtio_net")]
    [InlineData("initcall_blacklist=virtio_init")]
    [InlineData("sysctl.kernel.modprobe=/x")]
    [InlineData("sysctl.vm.stat_interval=10")]
    [InlineData("firmware_class.path=/tmp")]
    [InlineData("S")]
    [InlineData("possible_cpus=1")]
    [InlineData("kgdbwait")]
    [InlineData("panic_on_warn=1")]
    [InlineData("net.ifnames=0")]
    [InlineData("pci=realloc,off")]
    [InlineData("hugepages=9999999")]
    [InlineData("hugepages=0:99999")]
    [InlineData("hugepagesz=1G")]
    [InlineData("url=http://example.org/x")]
    [InlineData("ds=nocloud")]
    [InlineData("blacklist=nvme")]
    [InlineData("rdblacklist=nvme")]
    [InlineData("modules_load=x")]
    [InlineData("fstab=no")]
    [InlineData("luks=no")]
    [InlineData("luks.crypttab=no")]
    [InlineData("rd.luks=0")]
    [InlineData("rd_NO_LUKS")]
    [InlineData("lvm=0")]
    [InlineData("roothash=00")]
    [InlineData("usrhash=00")]
    [InlineData("verity.usrhash=00")]
    [InlineData("systemd.verity=no")]
    [InlineData("systemd.mask=ssh.service")]
    [InlineData("systemd.run=/x")]
    [InlineData("ifname=eth0:00:11:22:33:44:55")]
    [InlineData("bond=bond0")]
    [InlineData("ip=dhcp")]
    [InlineData("ipv6.disable=1")]
    [InlineData("BOOTIF=00")]
    [InlineData("LD_PRELOAD=/tmp/x.so")]
    [InlineData("SYSTEMD_UNIT_PATH=/tmp")]
    [InlineData("scsi_mod.scan=none")]
    [InlineData("libata.force=disable")]
    [InlineData("swiotlb=65536,noforce")]
    [InlineData("nmi_watchdog=panic,1")]
    [InlineData("nox2apic")]
    [InlineData("boot_delay=10000")]
    [InlineData("inst.ks=http://x")]
    [InlineData("disableapic")]
    [InlineData("mem_encrypt=on")]
    [InlineData("trace_buf_size=64G")]
    [InlineData("fips=1")]
    [InlineData("acpi_rsdp=0x1")]
    [InlineData("systemd.unified_cgroup_hierarchy=0")]
    [InlineData("systemd.unified_cgroup_hierarchy=No")]
    [InlineData("systemd.unified_cgroup_hierarchy=off")]
    public void What_takes_the_node_away_is_refused(string text) =>
        Assert.Equal("arguments[0]", Assert.Single(KernelArgument.Check([text], "arguments")).Field);

    [Theory]
    [InlineData("rcu_nocbs=0-3")]
    [InlineData("pci=realloc")]
    [InlineData("systemd.unified_cgroup_hierarchy=1")]
    [InlineData("kvm.nx_huge_pages=0")]
    [InlineData("default_hugepagesz=1G")]
    [InlineData("iommu.strict=0")]
    [InlineData("nvme_core.default_ps_max_latency_us=0")]
    [InlineData("init_on_alloc=0")]
    [InlineData("ipcmni_extend")]
    public void What_only_looks_like_it_is_not(string text) => Assert.Empty(KernelArgument.Check([text], "arguments"));

    [Fact]
    public void An_argument_twice_and_too_many_are_refused()
    {
        Assert.Equal("a[1]", Assert.Single(KernelArgument.Check(["nosmt", "nosmt=force"], "a")).Field);
        Assert.Empty(KernelArgument.Check(["hugepagesz=1G hugepages=8", "hugepagesz=2M hugepages=8"], "a"));
        Assert.Equal("a", Assert.Single(KernelArgument.Check([.. Enumerable.Range(0, 40).Select(i => $"x{i}={new string('1', 40)}")], "a")).Field);
    }

    /// <summary>
    /// As their sources have them, with CPUs 2-5 isolated and CPU 0 for interrupts. No profile touches mitigations: that is asked for by
    /// name or not at all.
    /// </summary>
    [Theory]
    // HiPNet 2021, gallenmu/hipnet21.
    [InlineData(BootProfile.DuckedTails, "irqaffinity=0 isolcpus=2-5 intel_pstate=disable skew_tick=1 nosoftlockup intel_idle.max_cstate=0 audit=0 rcu_nocbs=2-5 "
        + "mce=ignore_ce nmi_watchdog=0 random.trust_cpu=on idle=poll tsc=reliable")]
    // JNSM 31(1) 2023, gallenmu/latency-limbo, _includes/experiment/experiment.sh.
    [InlineData(BootProfile.LimboOptimized, "nohz=on isolcpus=2-5 nohz_full=2-5 rcu_nocbs=2-5 irqaffinity=0 tsc=reliable nmi_watchdog=0 random.trust_cpu=on "
        + "intel_idle.max_cstate=0 mce=ignore_ce audit=0 idle=poll skew_tick=1 intel_pstate=disable nosoftlockup nosmt rcu_nocb_poll msr.allow_writes=on iommu=pt")]
    // ITC-35 2023, WiednerF/containerized-low-latency.
    [InlineData(BootProfile.ItcContainer, "mce=ignore_ce tsc=reliable idle=poll nohz=on audit=0 nosmt apparmor=0 amd_iommu=off nohz_full=2-5 rcu_nocbs=2-5 skew_tick=1 "
        + "irqaffinity=0 intel_pstate=disable nmi_watchdog=0 nosoftlockup rcu_nocb_poll random.trust_cpu=on intel_idle.max_cstate=0 systemd.unified_cgroup_hierarchy=1")]
    // TuneD 2bfa442, profiles/network-latency and profiles/realtime.
    [InlineData(BootProfile.Realtime, "skew_tick=1 tsc=reliable rcupdate.rcu_normal_after_boot=1 rcutree.nohz_full_patience_delay=1000 isolcpus=managed_irq,domain,2-5 "
        + "intel_pstate=disable amd_pstate=disable nosoftlockup")]
    // TuneD 2bfa442, profiles/network-latency and profiles/cpu-partitioning.
    [InlineData(BootProfile.CpuPartitioning, "skew_tick=1 tsc=reliable rcupdate.rcu_normal_after_boot=1 rcutree.nohz_full_patience_delay=1000 nohz=on nohz_full=2-5 "
        + "rcu_nocbs=2-5 intel_pstate=disable nosoftlockup")]
    // Linux, admin-guide/cpu-isolation.rst.
    [InlineData(BootProfile.KernelDocs, "nohz_full=2-5 irqaffinity=0 isolcpus=managed_irq,2-5 nosmt")]
    public void Every_published_command_line_is_as_published_and_can_be_carried_out(BootProfile profile, string line)
    {
        var arguments = BootProfiles.Arguments(profile, "2-5", "0");
        Assert.Equal(line, string.Join(' ', arguments));
        Assert.Empty(KernelArgument.Check(arguments, "profile"));
        Assert.DoesNotContain("mitigations", line, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_such_a_line_for_every_profile() => Assert.Equal(
        Enum.GetValues<BootProfile>().Length,
        typeof(KernelArgumentTests).GetMethod(nameof(Every_published_command_line_is_as_published_and_can_be_carried_out))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Length);

    [Fact]
    public void What_a_spec_says_itself_goes_over_its_profile()
    {
        var spec = new TunedNodeSpec
        {
            Profile = BootProfile.KernelDocs,
            Cpu = new() { Isolated = "2-5", IrqAffinity = "0-1" },
            Kernel = new() { Arguments = ["isolcpus=domain,2-5", "skew_tick=1"], Sysctls = new Dictionary<string, string> { ["vm.stat_interval"] = "10" } },
        };
        var resolved = BootProfiles.Resolve(spec)!;
        Assert.Equal(["nohz_full=2-5", "irqaffinity=0-1", "nosmt", "isolcpus=domain,2-5", "skew_tick=1"], resolved.Arguments);
        Assert.Equal("10", resolved.Sysctls["vm.stat_interval"]);
        Assert.Same(spec.Kernel, BootProfiles.Resolve(spec with { Profile = null }));
        // An argument that is none is for the validator to tell.
        Assert.Contains("a b", BootProfiles.Resolve(spec with { Kernel = new() { Arguments = ["a b"] } })!.Arguments);
        Assert.Contains("nohz_full=2-5", BootProfiles.Resolve(spec with { Cpu = spec.Cpu with { Isolated = "5,3,4,2" } })!.Arguments);
    }
}
