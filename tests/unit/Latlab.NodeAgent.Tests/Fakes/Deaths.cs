using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// Kills the agent at each of its changes, before and after it took place, while it applies and while it restores; a fresh agent then
/// completes, and restores exactly.
/// </summary>
internal static class Deaths
{
    public static void AtEachStep(Func<FakeTree> make, Func<FakeTree, IHost> host, NodeTuningSpec spec)
    {
        foreach (var late in new[] { false, true })
        {
            foreach (var restoring in new[] { false, true })
            {
                var n = 0;
                while (At(++n, late, restoring, make, host, spec))
                {
                }

                // At least one write of the host and one of the journal, and one more before it while applying: otherwise this would test
                // nothing.
                Assert.InRange(n, restoring ? 3 : 4, 80);
            }
        }
    }

    /// <summary>
    /// The same for a block of boot arguments that becomes another one, or is taken out: nothing of it stays behind.
    /// </summary>
    /// <param name="make">A host, and its tree.</param>
    /// <param name="state">All that boots it.</param>
    public static void OfBoot(Func<(FakeTree Tree, IHost Host)> make, Func<FakeTree, IHost, string> state)
    {
        foreach (var (late, restoring) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            var n = 0;
            while (OfBoot(++n, late, restoring, make, state))
            {
            }

            Assert.InRange(n, 5, 80);
        }
    }

    private static bool OfBoot(int n, bool late, bool restoring, Func<(FakeTree Tree, IHost Host)> make, Func<FakeTree, IHost, string> state)
    {
        var (tree, host) = make();
        using var made = tree;
        var before = state(tree, host);
        var (one, other) = (Spec("skew_tick=1"), Spec("audit=0"));
        Assert.True(tree.Tuner(host).Apply(one).RebootPending);
        var killed = false;
        try
        {
            var agent = tree.Tuner(new DeadlyHost(host, n, late));
            _ = restoring ? agent.Restore() : agent.Apply(other);
        }
        catch (KilledException)
        {
            killed = true;
        }

        if (!restoring)
        {
            Assert.True(tree.Tuner(host).Apply(other).RebootPending);
            Assert.Contains("audit=0", state(tree, host), StringComparison.Ordinal);
            Assert.DoesNotContain("skew_tick", state(tree, host), StringComparison.Ordinal);
        }

        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(before, state(tree, host));
        return killed;

        NodeTuningSpec Spec(string argument) => new() { Boot = new(), Kernel = new() { Arguments = [argument] } };
    }

    private static bool At(int n, bool late, bool restoring, Func<FakeTree> make, Func<FakeTree, IHost> host, NodeTuningSpec spec)
    {
        using var tree = make();
        var kernel = host(tree);
        var before = tree.Snapshot();
        if (restoring)
        {
            Assert.True(tree.Tuner(kernel).Apply(spec).IsWhole);
        }

        var killed = false;
        try
        {
            var agent = tree.Tuner(new DeadlyHost(kernel, n, late));
            _ = restoring ? agent.Restore() : agent.Apply(spec);
        }
        catch (KilledException)
        {
            killed = true;
        }

        var outcome = tree.Tuner(kernel).Apply(spec);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.Empty(tree.Tuner(kernel).Plan(spec, out _));
        outcome = tree.Tuner(kernel).Restore();
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.Equal(before, tree.Snapshot());
        Assert.Empty(tree.Journal().Entries);
        return killed;
    }
}
