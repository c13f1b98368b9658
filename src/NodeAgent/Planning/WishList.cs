using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>All wishes of a spec, in the order of setting, each knob once.</summary>
internal static class WishList
{
    public static IReadOnlyList<Wish> From(NodeTuningSpec spec, HostView host) =>
        [.. KnobTable.Kinds.SelectMany(kind => Of(kind, spec, host)).GroupBy(wish => wish.Path).Select(Once)];

    private static IReadOnlyList<Wish> Of(KnobKind kind, NodeTuningSpec spec, HostView host) => Contained.Try<IReadOnlyList<Wish>>(
        () => [.. kind.Wishes(spec, host)],
        problem => [Wish.Unknown(kind.Prefix, problem)]);

    // The API's list-maps cannot hold an entry twice; a file can.
    private static Wish Once(IGrouping<string, Wish> wishes) =>
        wishes.DistinctBy(wish => wish.Value).Count() == 1
            ? wishes.First()
            : Wish.Refused(
                wishes.Key, string.Join(" and ", wishes.Select(w => w.Value)), "asked for more than once, with different values; write it once");
}
