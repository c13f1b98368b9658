using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Reporting;

/// <summary>
/// Keeps a ledger's texts in bounds, as every status is sent to all who watch it: the values of a knob that has a part for each interrupt or
/// thread, and what programs said when they failed, have no length of their own. The longest are cut first, and all alike. The digest is over
/// the whole values, and <c>latlab-agent verify</c> prints them. Pure.
/// </summary>
internal static class LedgerTexts
{
    /// <summary>Characters that all texts have together: with a dozen knobs a status stays below 10 KiB.</summary>
    private const int Room = 4_000;

    /// <summary>What is left of any text, however many there are.</summary>
    private const int Least = 40;

    public static IReadOnlyList<LedgerEntry> Bounded(IReadOnlyList<LedgerEntry> ledger)
    {
        var most = Most([.. ledger.SelectMany(Lengths).Order()]);
        return most is not { } length ? ledger :
        [
            .. ledger.Select(entry => entry with
            {
                Requested = entry.Requested.Shortened(length),
                Configured = entry.Configured?.Shortened(length),
                Effective = entry.Effective?.Shortened(length),
                Message = entry.Message?.Shortened(length),
            }),
        ];
    }

    /// <summary>How long a text may be, so that all have room; null when all have.</summary>
    private static int? Most(IReadOnlyList<int> ascending)
    {
        var room = Room;
        foreach (var (i, length) in ascending.Index())
        {
            var share = room / (ascending.Count - i);
            if (length > share)
            {
                return Math.Max(Least, share);
            }

            room -= length;
        }

        return null;
    }

    private static IEnumerable<int> Lengths(LedgerEntry entry) =>
        [entry.Requested.Length, entry.Configured?.Length ?? 0, entry.Effective?.Length ?? 0, entry.Message?.Length ?? 0];
}
