using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Knobs.Boot;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class BootArgumentTests
{
    private const string Isolated = "/sys/devices/system/cpu/isolated";
    private const string Config = "CONFIG_NO_HZ_FULL=y\nCONFIG_CPU_ISOLATION=y";
    private const string NoHz = "/sys/devices/system/cpu/nohz_full";

    [Theory]
    // Written otherwise, and the same.
    [InlineData("isolcpus=2,3,4", "isolcpus=2-4", KnobState.InEffect)]
    [InlineData("isolcpus=domain,managed_irq,2-4", "isolcpus=managed_irq,domain,2-4", KnobState.InEffect)]
    [InlineData("isolcpus=2-4", "isolcpus=domain,2-4", KnobState.InEffect)]
    [InlineData("isolcpus=domain,2-4", "isolcpus=2-4", KnobState.InEffect)]
    [InlineData("nohz_full=2-4", "quiet nohz-full=4,3,2 splash", KnobState.InEffect)]
    [InlineData("skew_tick=1", "skew_tick=1 skew_tick=1", KnobState.InEffect)]
    [InlineData("nosmt", "\"nosmt\"", KnobState.InEffect)]
    // Not there, or another one.
    [InlineData("nohz_full=2-4", "quiet", KnobState.RebootRequired)]
    [InlineData("nohz_full=2-4", "nohz_full=2-5", KnobState.RebootRequired)]
    [InlineData("tsc=reliable", "tsc=reliable,x", KnobState.RebootRequired)]
    [InlineData("isolcpus=managed_irq,domain,2-4", "isolcpus=2-4", KnobState.RebootRequired)]
    [InlineData("skew_tick=1", "skew_tick=1 skew_tick=0", KnobState.RebootRequired)]
    [InlineData("nosmt", "x=\"a nosmt b\"", KnobState.RebootRequired)]
    [InlineData("nosmt", "quiet -- nosmt", KnobState.RebootRequired)]
    [InlineData("nosmt", "nosmt=force", KnobState.RebootRequired)]
    public void What_counts_is_what_the_command_line_means(string argument, string line, KnobState state)
    {
        using var tree = new FakeTree().File("/proc/cmdline", line).File("/boot/config-6.1.0-test", Config);
        var entry = Entry(tree, argument);
        Assert.True(state == entry.State, $"{entry}");
        Assert.Equal((argument, "/proc/cmdline"), (entry.Requested, entry.Evidence));
    }

    [Fact]
    public void An_argument_that_a_later_file_overrode_is_shown_as_it_is()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nohz_full=2-5").File(NoHz, "2-5");
        var entry = Entry(tree, "nohz_full=2-4");
        Assert.Equal("nohz_full=2-5", entry.Effective);
        Assert.Contains("was booted with nohz_full=2-5", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_argument_given_twice_is_shown_with_both_values()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "isolcpus=2 isolcpus=3");
        var entry = Entry(tree, "isolcpus=3");
        Assert.Contains("more than once, isolcpus=2 and isolcpus=3", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_was_built_without_it_drops_it_silently_and_is_found_out()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nohz_full=2-4").File("/boot/config-6.1.0-test", "# CONFIG_NO_HZ_FULL is not set\nCONFIG_PSI=y");
        var entry = Entry(tree, "nohz_full=2-4");
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("without CONFIG_NO_HZ_FULL (/boot/config-6.1.0-test)", entry.Message, StringComparison.Ordinal);
        tree.File("/boot/config-6.1.0-test", Config);
        Assert.Equal(KnobState.InEffect, Entry(tree, "nohz_full=2-4").State);
    }

    [Fact]
    public void Without_the_kernels_configuration_sysfs_tells_that_it_drops_it()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nohz_full=2-4");
        Assert.Contains($"there is no {NoHz}", Entry(tree, "nohz_full=2-4").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nohz_full=2-4", NoHz, "2-4", "(null)")]
    [InlineData("isolcpus=2-4", Isolated, "2-4", "")]
    [InlineData("isolcpus=managed_irq,domain,2-4", Isolated, "2-4", "2-3")]
    [InlineData("nosmt", "/sys/devices/system/cpu/smt/control", "notsupported", "on")]
    [InlineData("idle=poll", "/sys/devices/system/cpu/cpuidle/current_driver", "none", "intel_idle")]
    [InlineData("tsc=reliable", "/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc", "hpet")]
    [InlineData("intel_idle.max_cstate=0", "/sys/module/intel_idle/parameters/max_cstate", "0", "9")]
    [InlineData("kvm.nx_huge_pages=0", "/sys/module/kvm/parameters/nx_huge_pages", "N", "Y")]
    [InlineData("nmi_watchdog=0", "/proc/sys/kernel/nmi_watchdog", "0", "1")]
    [InlineData("nosoftlockup", "/proc/sys/kernel/soft_watchdog", "0", "1")]
    [InlineData("transparent_hugepage=never", "/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]", "always [madvise] never")]
    [InlineData("default_hugepagesz=1G", "/proc/meminfo", "MemTotal: 1 kB\nHugepagesize:    1048576 kB", "Hugepagesize:    2048 kB")]
    [InlineData("hugepagesz=1G hugepages=8", "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "8", "7")]
    [InlineData("hugepagesz=1G hugepages=1:2", "/sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages", "2", "1")]
    [InlineData("isolcpus=nohz,2-4", NoHz, "2-4", "(null)")]
    [InlineData("isolcpus=nohz,managed_irq,2-4", NoHz, "2-4", "2-3")]
    [InlineData("irqaffinity=0-1", "/proc/irq/default_smp_affinity", "00000003", "0000000f")]
    [InlineData("irqaffinity=1-2", "/proc/irq/default_smp_affinity", "00000007", "0000000f")]
    [InlineData("intel_pstate=disable", "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", "acpi-cpufreq", "intel_cpufreq")]
    [InlineData("amd_pstate=disable", "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", "acpi-cpufreq", "amd-pstate-epp")]
    [InlineData("apparmor=0", "/sys/module/apparmor/parameters/enabled", "N", "Y")]
    [InlineData("systemd.cpu_affinity=0-1", "/proc/1/status", "Name:\tsystemd\nCpus_allowed_list:\t0-1", "Name:\tsystemd\nCpus_allowed_list:\t0-3")]
    [InlineData("mce=ignore_ce", "/sys/devices/system/machinecheck/machinecheck0/ignore_ce", "1", "0")]
    [InlineData("nowatchdog", "/proc/sys/kernel/watchdog", "0", "1")]
    [InlineData("mitigations=off", "/sys/devices/system/cpu/vulnerabilities/spectre_v2", "Vulnerable, IBPB: disabled", "Mitigation: Retpolines")]
    [InlineData("preempt=full", "/sys/kernel/debug/sched/preempt", "none voluntary (full)", "none (voluntary) full")]
    [InlineData("amd_pstate=guided", "/sys/devices/system/cpu/amd_pstate/status", "guided", "active")]
    [InlineData("msr.allow_writes=on", "/sys/module/msr/parameters/allow_writes", "on", "default")]
    [InlineData("rcupdate.rcu_normal_after_boot=1", "/sys/module/rcupdate/parameters/rcu_normal_after_boot", "1", "0")]
    [InlineData("kvm_intel.ple_gap=0", "/sys/module/kvm_intel/parameters/ple_gap", "0", "128")]
    [InlineData("kvm.kvmclock_periodic_sync=0", "/sys/module/kvm/parameters/kvmclock_periodic_sync", "N", "Y")]
    public void What_the_kernel_made_of_it_decides_where_the_kernel_shows_that(string argument, string file, string agrees, string contradicts)
    {
        using var tree = new FakeTree().File("/proc/cmdline", argument).File(file, agrees);
        var entry = Entry(tree, argument);
        Assert.Equal((KnobState.InEffect, argument, file), (entry.State, entry.Effective, entry.Evidence));
        tree.File(file, contradicts);
        using var another = new FakeTree().File("/proc/cmdline", argument).File(file, contradicts);
        entry = Entry(another, argument);
        Assert.Equal((KnobState.Failed, file), (entry.State, entry.Evidence));
        Assert.Contains($"{file} is \"{contradicts.Trim()}\"", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amd_pstate=guided", "acpi-cpufreq", KnobState.Failed, "policy0/scaling_driver is \"acpi-cpufreq\"")]
    [InlineData("intel_pstate=passive", "amd-pstate", KnobState.Failed, "policy0/scaling_driver is \"amd-pstate\"")]
    [InlineData("intel_pstate=active", null, KnobState.Failed, "no driver that chooses frequencies")]
    // Of kernels without the file the driver alone is known.
    [InlineData("amd_pstate=passive", "amd-pstate", KnobState.InEffect, "by the command line alone: /sys/devices/system/cpu/amd_pstate/status")]
    public void A_frequency_driver_that_is_not_there_is_found_out(string argument, string? driver, KnobState state, string said)
    {
        using var tree = new FakeTree().File("/proc/cmdline", argument);
        _ = driver is null ? tree : tree.File("/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", driver);
        var entry = Entry(tree, argument);
        Assert.Equal(state, entry.State);
        Assert.Contains(said, entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("preempt=full", "/sys/kernel/debug/sched/preempt")]
    [InlineData("apparmor=0", "/sys/module/apparmor/parameters/enabled")]
    public void Where_the_kernel_does_not_show_what_it_made_of_it_that_is_said(string argument, string file)
    {
        using var tree = new FakeTree().File("/proc/cmdline", argument);
        var entry = Entry(tree, argument);
        Assert.Equal((KnobState.InEffect, $"by the command line alone: {file} does not show it on this node"), (entry.State, entry.Message));
        // What has no file at all is known by nothing else.
        Assert.Null(Entry(tree.File("/proc/cmdline", "skew_tick=1"), "skew_tick=1").Message);
    }

    [Fact]
    public void Isolation_with_several_flags_is_held_against_each_ones_file()
    {
        const string argument = "isolcpus=nohz,domain,2-4";
        using var tree = new FakeTree().File("/proc/cmdline", argument).File(Isolated, "2-4").File(NoHz, "(null)");
        Assert.Equal((KnobState.Failed, NoHz), (Entry(tree, argument).State, Entry(tree, argument).Evidence));
        using var other = new FakeTree().File("/proc/cmdline", argument).File(Isolated, "").File(NoHz, "2-4");
        Assert.Equal((KnobState.Failed, Isolated), (Entry(other, argument).State, Entry(other, argument).Evidence));
    }

    [Theory]
    [InlineData(Config, KnobState.InEffect)]
    [InlineData("# CONFIG_NO_HZ_FULL is not set\nCONFIG_CPU_ISOLATION=y", KnobState.Unsupported)]
    [InlineData(null, KnobState.Unsupported)]
    public void Isolation_with_the_flag_nohz_is_dropped_as_a_whole_by_a_kernel_without_that(string? config, KnobState state)
    {
        const string argument = "isolcpus=nohz,domain,2-4";
        using var tree = new FakeTree().File("/proc/cmdline", argument).File(Isolated, state == KnobState.InEffect ? "2-4" : "");
        if (config is not null)
        {
            tree.File("/boot/config-6.1.0-test", config);
        }

        Assert.Equal(state, Entry(tree, argument).State);
    }

    [Theory]
    [InlineData("intel_iommu=on", "/sys/kernel/iommu_groups/0/type", "/sys/kernel/iommu_groups", true)]
    [InlineData("systemd.unified_cgroup_hierarchy=1", "/sys/fs/cgroup/cgroup.controllers", "/sys/fs/cgroup/cgroup.controllers", true)]
    [InlineData("psi=1", "/proc/pressure/cpu", "/proc/pressure/cpu", true)]
    [InlineData("psi=0", "/proc/pressure/cpu", "/proc/pressure/cpu", false)]
    [InlineData("mce=off", "/sys/devices/system/machinecheck/machinecheck0/ignore_ce", "/sys/devices/system/machinecheck", false)]
    [InlineData("amd_iommu=off", "/sys/class/iommu/ivhd0/devices", "/sys/class/iommu", false)]
    [InlineData("intel_iommu=off", "/sys/class/iommu/dmar0/devices", "/sys/class/iommu", false)]
    public void That_there_is_a_file_or_none_decides_where_that_is_how_the_kernel_shows_it(string argument, string file, string evidence, bool present)
    {
        using var with = new FakeTree().File("/proc/cmdline", argument).File(file, "DMA");
        using var without = new FakeTree().File("/proc/cmdline", argument);
        var right = Entry(present ? with : without, argument);
        Assert.Equal((KnobState.InEffect, evidence), (right.State, right.Evidence));
        var wrong = Entry(present ? without : with, argument);
        Assert.Equal((KnobState.Failed, evidence), (wrong.State, wrong.Evidence));
        Assert.Contains(evidence, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity", KnobState.InEffect)]
    [InlineData("DMA-FQ", KnobState.Failed)]
    public void Passing_through_an_IOMMU_shows_in_the_groups_types(string type, KnobState state)
    {
        using var tree = new FakeTree().File("/proc/cmdline", "iommu=pt")
            .File("/sys/kernel/iommu_groups/0/type", "DMA").File("/sys/kernel/iommu_groups/1/type", type);
        Assert.Equal(state, Entry(tree, "iommu=pt").State);
    }

    [Fact]
    public void An_IOMMU_that_the_firmware_has_off_is_found_out()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "intel_iommu=on iommu=pt");
        Assert.Contains("switch it on there", Entry(tree, "iommu=pt").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_managed_interrupts_alone_sysfs_stays_empty_and_says_nothing()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "isolcpus=managed_irq,2-4").File(Isolated, "");
        var entry = Entry(tree, "isolcpus=managed_irq,2-4");
        Assert.Equal((KnobState.InEffect, "/proc/cmdline"), (entry.State, entry.Evidence));
    }

    [Fact]
    public void Each_size_of_huge_pages_has_its_own_count()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "hugepages=3 hugepagesz=2M hugepages=512 hugepagesz=1G hugepages=8");
        Assert.Equal(KnobState.InEffect, Entry(tree, "hugepagesz=1G hugepages=8").State);
        Assert.Equal(KnobState.RebootRequired, Entry(tree, "hugepagesz=2M hugepages=8").State);
    }

    [Theory]
    [InlineData("psi=0", "CONFIG_PSI")]
    [InlineData("audit=0", "CONFIG_AUDIT")]
    [InlineData("mce=off", "CONFIG_X86_MCE")]
    [InlineData("nmi_watchdog=0", "CONFIG_HARDLOCKUP_DETECTOR")]
    [InlineData("transparent_hugepage=never", "CONFIG_TRANSPARENT_HUGEPAGE")]
    [InlineData("intel_pstate=disable", "CONFIG_X86_INTEL_PSTATE")]
    public void What_the_kernel_does_not_have_is_switched_off_on_the_command_line_or_not(string argument, string option)
    {
        foreach (var line in new[] { argument, "quiet" })
        {
            using var tree = new FakeTree().File("/proc/cmdline", line).File("/boot/config-6.1.0-test", Config);
            var entry = Entry(tree, argument);
            Assert.Equal((KnobState.InEffect, argument, line == argument), (entry.State, entry.Effective, entry.PresentInThisBoot));
            Assert.Contains($"built without {option} (/boot/config-6.1.0-test), and has nothing to switch off", entry.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_there_is_to_be_switched_off_whatever_the_configuration_says()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "quiet").File("/boot/config-6.1.0-test", Config).File("/proc/pressure/cpu", "some");
        Assert.Equal(KnobState.RebootRequired, Entry(tree, "psi=0").State);
    }

    [Fact]
    public void What_needs_what_the_kernel_does_not_have_is_not_supported_though_a_file_shows_that_too()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "psi=1").File("/boot/config-6.1.0-test", Config);
        Assert.Equal((KnobState.Unsupported, "/boot/config-6.1.0-test"), (Entry(tree, "psi=1").State, Entry(tree, "psi=1").Evidence));
    }

    [Fact]
    public void The_record_of_what_was_written_is_read_once_however_many_arguments_there_are()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "quiet");
        Assert.Equal(Reads("nosmt"), Reads("nosmt", "skew_tick=1", "idle=poll", "nohz_full=2-3"));

        int Reads(params string[] arguments)
        {
            var host = new ReadingHost(tree.Host);
            tree.Tuner(host).Verify(new() { Kernel = new() { Arguments = arguments } });
            return host.Reads.Count(path => path == BootRecord.Path);
        }
    }

    [Fact]
    public void Every_argument_of_every_profile_is_known()
    {
        foreach (var text in Enum.GetValues<BootProfile>().SelectMany(profile => BootProfiles.Arguments(profile, "2-3", "0-1")))
        {
            Assert.NotSame(BootEvidence.Unknown, BootEvidence.Of(KernelArgument.TryParse(text)!));
        }
    }

    [Fact]
    public void Nothing_is_ever_written_and_the_journal_ends_empty()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nosmt");
        var before = tree.Snapshot();
        Assert.Equal(KnobState.InEffect, Entry(tree, "nosmt").State);
        Assert.Equal(KnobState.RebootRequired, Entry(tree, "skew_tick=1").State);
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Empty(tree.Journal().Entries);
        Assert.Equal(before, tree.Snapshot());
    }

    [Theory]
    [InlineData("init=/bin/sh")]
    [InlineData("a=\"b c\"")]
    [InlineData("a=$(reboot)")]
    [InlineData("a;b")]
    [InlineData("isolcpus=0-3")]
    public void What_must_not_be_is_refused_also_from_a_file(string argument)
    {
        using var tree = new FakeTree().File("/proc/cmdline", argument);
        var outcome = tree.Tuner().Apply(Spec(argument));
        Assert.Contains(outcome.Ledger, entry => entry.State == KnobState.Refused);
        Assert.False(outcome.IsWhole);
    }

    private static NodeTuningSpec Spec(string argument) => new() { Kernel = new() { Arguments = [argument] } };

    private static LedgerEntry Entry(FakeTree tree, string argument) => Assert.Single(tree.Tuner().Apply(Spec(argument)).Ledger);
}
