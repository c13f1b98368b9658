using System.Security.Cryptography;
using System.Text;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Ledger;

/// <summary>SHA-256 over knobs and their effective values: the same digest, the same tuning.</summary>
internal static class LedgerDigest
{
    public static string Of(IEnumerable<LedgerEntry> ledger)
    {
        var text = new StringBuilder();
        foreach (var entry in ledger.OrderBy(entry => entry.Knob, StringComparer.Ordinal))
        {
            // Neither a knob's path nor a value holds a line end or a NUL, so no two ledgers give the same text.
            text.Append(entry.Knob).Append('\0').Append(Essence(entry) ?? "\0").Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>A run brings a container, and a kernel starts threads: neither makes another tuning of it.</summary>
    private static string? Essence(LedgerEntry entry) =>
        entry.State == KnobState.InEffect && KnobTable.Find(entry.Knob)?.ComesAndGoes == true ? entry.Requested : entry.Effective;
}
