using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class KernelThreadTests
{
    private static readonly NodeTuningSpec Spec = new() { Cpu = new() { Isolated = "2-3", KernelThreadAffinity = "0-1" } };

    [Fact]
    public void Threads_that_can_be_moved_are_and_others_are_counted()
    {
        using var tree = Tree();
        var entry = Assert.Single(tree.Tuner(new ThreadsHost(tree)).Apply(Spec).Ledger);
        Assert.Equal(
            (KnobState.InEffect, "0-1", "0-1: UVM_global_queue kthreadd rcu_preempt rcuop/[0-1]"),
            (entry.State, entry.Requested, entry.Effective));
        Assert.Contains("2 threads of the kernel are bound to their CPUs", entry.Message, StringComparison.Ordinal);
        Assert.Equal(("0-1", "1", "0-3", "0-1", "0-3"), (ThreadsHost.Cpus(tree, 16), ThreadsHost.Cpus(tree, 21), ThreadsHost.Cpus(tree, 70), ThreadsHost.Cpus(tree, 71), ThreadsHost.Cpus(tree, 900)));
    }

    [Fact]
    public void Restoring_is_by_name_and_of_what_is_still_there()
    {
        using var tree = Tree();
        tree.Tuner(new ThreadsHost(tree)).Apply(Spec);
        Directory.Delete($"{tree.Root}/proc/16", recursive: true);
        tree.Thread(99, "rcu_preempt", "0-1");
        Assert.True(tree.Tuner(new ThreadsHost(tree)).Restore().IsWhole);
        Assert.Equal(("0-3", "1-3", "0-3"), (ThreadsHost.Cpus(tree, 99), ThreadsHost.Cpus(tree, 18), ThreadsHost.Cpus(tree, 71)));
    }

    [Fact]
    public void A_thread_that_appears_is_moved_and_is_no_drift_and_one_that_wandered_is()
    {
        using var tree = Tree();
        var host = new ThreadsHost(tree);
        tree.Tuner(host).Apply(Spec);
        tree.Thread(120, "jbd2/vda1-8", "0-3");
        Assert.Equal((true, 0), tree.Tuner(host).Apply(Spec) is var appeared ? (appeared.IsWhole, appeared.Journal.Drifts) : default);
        Assert.Equal("0-1", ThreadsHost.Cpus(tree, 120));
        tree.Thread(17, "rcuop/0", "0-3");
        Assert.Equal((true, 1), tree.Tuner(host).Apply(Spec) is var wandered ? (wandered.IsWhole, wandered.Journal.Drifts) : default);
    }

    [Fact]
    public void Threads_are_found_by_their_parents_list_where_the_kernel_has_one()
    {
        using var tree = Tree().File("/proc/2/task/2/children", "16 21 ");
        Assert.Equal("0-1: kthreadd rcu_preempt", Assert.Single(tree.Tuner(new ThreadsHost(tree)).Apply(Spec).Ledger).Effective);
    }

    [Theory]
    [InlineData("Operation not permitted", "SYS_NICE")]
    [InlineData("Invalid argument", "refused to let")]
    public void What_the_kernel_refuses_is_said_with_the_thread(string word, string reason)
    {
        using var tree = Tree();
        var entry = Assert.Single(tree.Tuner(new ThreadsHost(tree) { Refusal = word }).Apply(Spec).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
        Assert.Contains("(/proc/", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_containers_processes_are_not_the_hosts()
    {
        using var tree = FakeTree.WithCpus().File("/proc/2/comm", "sh");
        var entry = Assert.Single(tree.Tuner(new ThreadsHost(tree)).Apply(Spec).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("agent.hostPID", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_copy_of_a_tree_no_thread_of_this_machine_is_touched() =>
        Assert.Contains("copy of a tree", new FakeTree().Host.SetCpus(1, "systemd", [0]), StringComparison.Ordinal);

    /// <summary>A timer stays where it was armed: what is moved after that write takes its timers along, what was moved before leaves them.</summary>
    [Fact]
    public void Timers_are_told_to_stay_before_anything_is_moved()
    {
        using var tree = Tree().Sysctl("kernel.timer_migration", "1");
        var host = new RecordingHost(new ThreadsHost(tree));
        var spec = Spec with { Cpu = Spec.Cpu! with { IrqAffinity = "0-1" }, Kernel = Specs.Sysctl("kernel.timer_migration", "0").Kernel };
        Assert.True(tree.Tuner(host).Apply(spec).IsWhole);
        var timers = host.Done.FindIndex(done => done.StartsWith("write /proc/sys/kernel/timer_migration 0", StringComparison.Ordinal));
        var moves = host.Done.FindIndex(done => done.StartsWith("write /proc/irq/", StringComparison.Ordinal) || done.StartsWith("move ", StringComparison.Ordinal));
        Assert.InRange(timers, 0, moves - 1);
        Assert.Contains("move rcu_preempt", host.Done);
    }

    [Fact]
    public void They_survive_a_kill_at_any_step() => Deaths.AtEachStep(Tree, tree => new ThreadsHost(tree), Spec);

    private static FakeTree Tree() => FakeTree.WithCpus()
        .Thread(2, "kthreadd", "0-3")
        .Thread(16, "rcu_preempt", "0-3")
        .Thread(17, "rcuop/0", "0-3")
        .Thread(18, "rcuop/1", "1-3")
        .Thread(20, "rcuc/0", "0", bound: true)
        .Thread(21, "ksoftirqd/1", "1", bound: true)
        .Thread(70, "irq/24-eth0", "0-3")
        .Thread(71, "UVM global queue", "0-3")
        .Thread(900, "not (a) thread", "0-3", parent: 1);
}
