using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>All wishes of a spec, in the order of setting, each knob once.</summary>
internal static class WishList
{
    public static IReadOnlyList<Wish> From(NodeTuningSpec spec, HostView host) =>
        [.. KnobTable.Kinds.SelectMany(kind => kind.Wishes(spec, host)).GroupBy(wish => wish.Path).Select(Once)];

    // The API's list-maps cannot hold an entry twice; a file can.
    private static Wish Once(IGrouping<string, Wish> wishes) =>
        wishes.DistinctBy(wish => wish.Value).Count() == 1
            ? wishes.First()
            : Wish.Refused(
                wishes.Key, string.Join(" and ", wishes.Select(w => w.Value)), "asked for more than once, with different values; write it once");
}
