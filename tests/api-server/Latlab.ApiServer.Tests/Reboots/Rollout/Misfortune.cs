namespace Latlab.ApiServer.Tests.Reboots.Rollout;

/// <summary>Something that goes wrong in a rollout.</summary>
/// <param name="AfterReboots">Nodes that have been rebooted by then.</param>
/// <param name="Kind">What.</param>
internal sealed record Misfortune(int AfterReboots, MisfortuneKind Kind)
{
    /// <summary>All has gone wrong when so many have been rebooted: the rest is calm, and comes to an end.</summary>
    private const double Part = 0.8;

    /// <summary>Leaders that are killed; each costs a Lease's length.</summary>
    public static int Kills(int nodes) => 2 + (nodes / 250);

    /// <summary>One in twenty nodes vanishes.</summary>
    public static int Vanishings(int nodes) => nodes / 20;

    /// <summary>All that go wrong in a rollout over so many nodes, one after the other.</summary>
    public static IReadOnlyList<Misfortune> Plan(Random chance, int nodes)
    {
        var vanishings = Enumerable.Range(0, Vanishings(nodes))
            .Select(n => n % 2 == 0 ? MisfortuneKind.NodeWithSlotVanishes : MisfortuneKind.NodeVanishes);
        return [.. Enumerable.Repeat(MisfortuneKind.LeaderIsKilled, Kills(nodes)).Concat(vanishings)
            .Select(kind => new Misfortune(chance.Next((int)(Part * nodes)), kind))
            .OrderBy(misfortune => misfortune.AfterReboots)];
    }
}

/// <summary>What goes wrong.</summary>
internal enum MisfortuneKind
{
    /// <summary>The operator that leads ends without a word, its Lease unexpired.</summary>
    LeaderIsKilled,

    /// <summary>Any node leaves the cluster.</summary>
    NodeVanishes,

    /// <summary>One does that holds a slot.</summary>
    NodeWithSlotVanishes,
}
