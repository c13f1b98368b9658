using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

/// <summary>What is in effect, and may do harm, or less than it seems to.</summary>
public sealed class BootRemarkTests
{
    private const string Cpu = "/sys/devices/system/cpu";
    private const string Clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

    [Fact]
    public void Without_a_frequency_driver_the_clock_may_be_low()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "intel_pstate=disable");
        Says(tree, "intel_pstate=disable", "no driver is left that chooses frequencies");
        tree.File($"{Cpu}/cpufreq/policy0/scaling_driver", "acpi-cpufreq");
        Says(tree, "intel_pstate=disable", null);
    }

    [Fact]
    public void Another_idle_driver_has_deep_states_of_its_own()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "intel_idle.max_cstate=0").File("/sys/module/intel_idle/parameters/max_cstate", "0")
            .File($"{Cpu}/cpuidle/current_driver", "acpi_idle").File("/sys/module/processor/parameters/max_cstate", "8");
        Says(tree, "intel_idle.max_cstate=0", "add processor.max_cstate=1");
        tree.File("/sys/module/processor/parameters/max_cstate", "1");
        Says(tree, "intel_idle.max_cstate=0", null);
        tree.File("/sys/module/processor/parameters/max_cstate", "8").File($"{Cpu}/cpuidle/current_driver", "none");
        Says(tree, "intel_idle.max_cstate=0", null);
    }

    [Theory]
    [InlineData("hpet", "without a stable TSC the tick may stay")]
    [InlineData("tsc", null)]
    [InlineData("arch_sys_counter", null)]
    public void Without_a_stable_clock_the_tick_stays(string source, string? said)
    {
        using var tree = new FakeTree().File("/proc/cmdline", "nohz_full=2-3").File($"{Cpu}/nohz_full", "2-3").File(Clock, source);
        Says(tree, "nohz_full=2-3", said);
    }

    [Fact]
    public void Interrupts_go_to_the_CPU_that_the_kernel_boots_on_too()
    {
        using var tree = new FakeTree().File("/proc/cmdline", "irqaffinity=1-2").File("/proc/irq/default_smp_affinity", "00000007");
        Says(tree, "irqaffinity=1-2", "CPU 0 serves interrupts, too");
        tree.File("/proc/irq/default_smp_affinity", "6");
        Says(tree, "irqaffinity=1-2", "CPU 0 serves interrupts, too");
    }

    [Theory]
    [InlineData("kvm.never=1", "/sys/module/kvm/parameters/nx_huge_pages", "/sys/module/kvm/parameters has no never")]
    [InlineData("kvm_intel.ple_gap=0", "/sys/module/kvm/parameters/nx_huge_pages", "there is no /sys/module/kvm_intel")]
    [InlineData("random.trust_cpu=on", "/sys/module/random/parameters/ratelimit_disable", null)]
    public void A_parameter_that_nothing_shows_may_not_be_there(string argument, string file, string? said)
    {
        using var tree = new FakeTree().File("/proc/cmdline", argument).File(file, "N");
        Says(tree, argument, said);
    }

    [Theory]
    [InlineData("rcu_nocbs=2-3")]
    [InlineData("nohz_full=2-3")]
    public void Threads_with_callbacks_may_run_on_the_very_CPUs_that_they_relieve(string argument)
    {
        using var tree = Callbacks("0-3").File("/proc/cmdline", argument).File($"{Cpu}/nohz_full", "2-3");
        Says(tree, argument, "rcuog/2 and 2 more rcuo* may run on 2-3 themselves: set cpu.kernelThreadAffinity to the other CPUs");
        using var kept = Callbacks("0-1").File("/proc/cmdline", argument).File($"{Cpu}/nohz_full", "2-3");
        Says(kept, argument, null);
    }

    [Fact]
    public void Where_the_callbacks_of_all_CPUs_are_elsewhere_those_that_are_isolated_count()
    {
        using var tree = Callbacks("0-1", "0-1").File("/proc/cmdline", "rcu_nocbs");
        Says(tree, "rcu_nocbs", null);
        tree.File($"{Cpu}/isolated", "1");
        Says(tree, "rcu_nocbs", "may run on 1 themselves");
    }

    [Fact]
    public void Callbacks_are_elsewhere_when_there_is_a_thread_for_each_CPU()
    {
        using var tree = Callbacks("0-1").File("/proc/cmdline", "rcu_nocbs=2-3 rcu_nocb_poll");
        Assert.Equal((KnobState.InEffect, "/proc/*/comm"), (Entry(tree, "rcu_nocbs=2-3").State, Entry(tree, "rcu_nocbs=2-3").Evidence));
        Assert.Equal(KnobState.InEffect, Entry(tree, "rcu_nocb_poll").State);
        tree.File("/proc/cmdline", "rcu_nocbs=1-3");
        Assert.Contains("no thread rcuo* for CPU 1", Entry(tree, "rcu_nocbs=1-3").Message, StringComparison.Ordinal);
        // CPUs that are switched off have no thread yet.
        tree.File($"{Cpu}/online", "0,2-3");
        Assert.Equal(KnobState.InEffect, Entry(tree, "rcu_nocbs=1-3").State);
    }

    [Theory]
    [InlineData("2-3", KnobState.InEffect)]
    [InlineData("3", KnobState.Failed)]
    public void A_kernel_that_has_threads_for_all_CPUs_says_in_its_log_for_which_they_work(string said, KnobState state)
    {
        using var tree = Callbacks("0-1").Thread(30, "rcuop/0", "0-3").File("/proc/cmdline", "rcu_nocbs=2-3")
            .File("/dev/kmsg", $"6,9,0,-;rcu: \\x09Offload RCU callbacks from CPUs: {said}.");
        var entry = Entry(tree, "rcu_nocbs=2-3");
        Assert.True(state == entry.State, $"{entry}");
        // The thread of CPU 0 may be anywhere: it has nothing to do.
        Assert.Equal(state == KnobState.InEffect, entry.Message is null);
    }

    [Theory]
    [InlineData("rcu_nocbs=2-3", null, KnobState.Unsupported)]
    [InlineData("rcu_nocb_poll", null, KnobState.Unsupported)]
    [InlineData("rcu_nocbs=2-3", "CONFIG_RCU_NOCB_CPU=y", KnobState.Failed)]
    public void Without_any_such_thread_the_kernel_dropped_it(string argument, string? config, KnobState state)
    {
        using var tree = new FakeTree().Thread(2, "kthreadd", "0-3").Thread(11, "rcu_sched", "0-3").File("/proc/cmdline", argument);
        if (config is not null)
        {
            tree.File("/boot/config-6.1.0-test", config);
        }

        var entry = Entry(tree, argument);
        Assert.Equal((state, "/proc/*/comm"), (entry.State, entry.Evidence));
        Assert.Contains("there is no thread rcuo*", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Auditing_is_off_when_its_thread_is_not_there()
    {
        using var tree = new FakeTree().Thread(2, "kthreadd", "0-3").File("/proc/cmdline", "audit=0");
        Assert.Equal((KnobState.InEffect, "/proc/*/comm"), (Entry(tree, "audit=0").State, Entry(tree, "audit=0").Evidence));
        tree.Thread(30, "kauditd", "0-3");
        Assert.Contains("there is a thread kauditd", Entry(tree, "audit=0").Message, StringComparison.Ordinal);
    }

    private static FakeTree Callbacks(string cpus, string of = "2-3")
    {
        var tree = new FakeTree().Thread(2, "kthreadd", "0-3").Thread(20, of == "2-3" ? "rcuog/2" : "rcuog/0", cpus).Thread(23, "rcuc/2", "2", bound: true);
        foreach (var (i, cpu) in Crds.CpuList.Parse(of).Index())
        {
            tree.Thread(21 + i, $"rcuop/{cpu}", cpus);
        }

        return of == "2-3" ? tree : tree.File($"{Cpu}/online", of);
    }

    private static void Says(FakeTree tree, string argument, string? said)
    {
        var entry = Entry(tree, argument);
        Assert.True(entry.State == KnobState.InEffect, $"{entry}");
        if (said is null)
        {
            Assert.Null(entry.Message);
        }
        else
        {
            Assert.Contains(said, entry.Message, StringComparison.Ordinal);
        }
    }

    private static LedgerEntry Entry(FakeTree tree, string argument) =>
        Assert.Single(tree.Tuner().Apply(new() { Kernel = new() { Arguments = [argument] } }).Ledger);
}
