using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Planning;

/// <summary>
/// The agent is killed at each of its changes, before and after it took place; a fresh agent then completes, or restores exactly.
/// </summary>
public sealed class KilledAgentTests
{
    private static readonly NodeTuningSpec EveryCpuKnob = new() { Cpu = Specs.EveryCpuKnob };
    private static readonly NodeTuningSpec Other = Specs.Usual with { Kernel = Specs.Sysctl("vm.stat_interval", "20").Kernel };

    public static TheoryData<string> Works => ["apply", "change spec", "repair drift", "restore", "first apply after reboot"];

    [Theory]
    [MemberData(nameof(Works))]
    public void A_fresh_agent_completes_after_a_kill_at_any_step(string work) => EachKill(work, tree =>
    {
        Assert.True(tree.Tuner().Apply(Other).IsWhole);
        Assert.Equal("20", tree.SysctlText("vm.stat_interval"));
        Assert.Equal("64", tree.HugePagesText("2048kB"));
        Assert.Empty(tree.Tuner().Plan(Other, out _));
        Assert.True(tree.Tuner().Restore().IsWhole);
    });

    [Theory]
    [MemberData(nameof(Works))]
    public void A_fresh_agent_restores_exactly_after_a_kill_at_any_step(string work) =>
        EachKill(work, tree => Assert.True(tree.Tuner().Restore().IsWhole));

    [Theory]
    [InlineData("apply")]
    [InlineData("shrink")]
    [InlineData("restore")]
    public void Knobs_of_many_files_survive_a_kill_at_any_step(string work)
    {
        var smaller = new NodeTuningSpec { Cpu = Specs.EveryCpuKnob with { Isolated = "3", IrqAffinity = "0" } };
        foreach (var late in new[] { false, true })
        {
            var n = 0;
            for (var killed = true; killed;)
            {
                using var tree = FakeTree.WithCpus().File("/sys/devices/virtual/workqueue/cpumask", "f");
                var before = Comparable(tree);
                Action<Tuner> act = work switch
                {
                    "apply" => agent => agent.Apply(EveryCpuKnob),
                    "shrink" => agent => agent.Apply(smaller),
                    _ => agent => agent.Restore(),
                };
                if (work != "apply")
                {
                    tree.Tuner().Apply(EveryCpuKnob);
                }

                killed = Dies(() => act(tree.Tuner(new DeadlyHost(tree.Host, ++n, late))));
                Assert.True(tree.Tuner().Apply(smaller).IsWhole);
                Assert.Empty(tree.Tuner().Plan(smaller, out _));
                Assert.True(tree.Tuner().Restore().IsWhole);
                Assert.Equal(before, Comparable(tree));
            }

            Assert.InRange(n, 8, 60);
        }
    }

    private static void EachKill(string work, Action<FakeTree> afterwards)
    {
        foreach (var late in new[] { false, true })
        {
            var n = 0;
            while (KillAt(++n, late, work, afterwards))
            {
            }

            // Two writes of the journal and at least one of the host: otherwise this would test nothing.
            Assert.InRange(n, 4, 20);
        }
    }

    private static bool KillAt(int n, bool late, string work, Action<FakeTree> afterwards)
    {
        using var tree = FakeTree.Usual();
        var before = Comparable(tree);
        Action<Tuner> act = agent => agent.Apply(Specs.Usual);
        if (work != "apply")
        {
            tree.Tuner().Apply(Specs.Usual);
        }

        switch (work)
        {
            case "change spec":
                act = agent => agent.Apply(Other);
                break;
            case "repair drift":
                tree.Sysctl("vm.stat_interval", "99");
                break;
            case "restore":
                act = agent => agent.Restore();
                break;
            case "first apply after reboot":
                tree.Boot(FakeTree.SecondBoot).Sysctl("vm.stat_interval", "1").Sysctl("net.ipv4.tcp_rmem", "4096 131072 6291456")
                    .HugePages("2048kB", "0");
                before = Comparable(tree);
                break;
        }

        var killed = Dies(() => act(tree.Tuner(new DeadlyHost(tree.Host, n, late))));
        afterwards(tree);
        Assert.Equal(before, Comparable(tree));
        Assert.Empty(tree.Journal().Entries);
        return killed;
    }

    private static bool Dies(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    // The kernel prints its own blanks; a fake file keeps what was written.
    private static string Comparable(FakeTree tree) => tree.Snapshot().Replace('\t', ' ');
}
