using System.Numerics;
using System.Text.RegularExpressions;

namespace Latlab.NodeAgent.Boot;

/// <summary>The order of kernel releases: numbers by their value, the rest by its characters, as <c>sort -V</c> has it. Pure.</summary>
internal static partial class KernelRelease
{
    public static int Compare(string left, string right)
    {
        var (a, b) = (Part().Matches(left), Part().Matches(right));
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            var order = BigInteger.TryParse(a[i].Value, out var one) && BigInteger.TryParse(b[i].Value, out var other)
                ? one.CompareTo(other)
                : string.CompareOrdinal(a[i].Value, b[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    [GeneratedRegex("[0-9]+|[^0-9]+")]
    private static partial Regex Part();
}
