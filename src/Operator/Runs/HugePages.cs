using System.Globalization;
using Latlab.Crds.Experiments;

namespace Latlab.Operator.Runs;

/// <summary>Arithmetic on hugepages.</summary>
internal static class HugePages
{
    public const long MiB = 1L << 20;

    /// <summary>Size of one page in bytes, from Kubernetes' notation (<c>2Mi</c>).</summary>
    public static long PageBytes(string size)
    {
        var number = long.Parse(size.AsSpan(0, size.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture);
        return size[^2] switch
        {
            'K' => number << 10,
            'M' => number << 20,
            _ => number << 30,
        };
    }

    /// <summary>All pages of a forwarder in bytes.</summary>
    public static long Bytes(ForwarderHugePages pages) => PageBytes(pages.Size) * pages.Count;
}
