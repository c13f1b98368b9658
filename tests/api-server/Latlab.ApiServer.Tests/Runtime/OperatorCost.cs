using System.Globalization;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>What an operator has cost.</summary>
/// <param name="CpuSeconds">CPU time, of user and kernel.</param>
/// <param name="PeakMiB">Most memory that was resident.</param>
/// <param name="Reconciles">Reconciles by controller.</param>
internal sealed record OperatorCost(double CpuSeconds, double PeakMiB, IReadOnlyDictionary<string, long> Reconciles)
{
    private const string Count = "latlab_reconcile_seconds_count{controller=\"";

    public static OperatorCost operator +(OperatorCost left, OperatorCost right) => new(
        left.CpuSeconds + right.CpuSeconds,
        Math.Max(left.PeakMiB, right.PeakMiB),
        left.Reconciles.Concat(right.Reconciles).GroupBy(count => count.Key)
            .ToDictionary(group => group.Key, group => group.Sum(count => count.Value)));

    /// <summary>Reads reconciles out of what <c>/metrics</c> answers.</summary>
    public static IReadOnlyDictionary<string, long> ReadReconciles(string metrics) => metrics.Split('\n')
        .Where(line => line.StartsWith(Count, StringComparison.Ordinal))
        .Select(line => line[Count.Length..].Split("\"} "))
        .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));

    public override string ToString()
    {
        var reconciles = Reconciles.Where(count => count.Value > 0).OrderByDescending(count => count.Value)
            .Select(count => $"{count.Key} {count.Value}");
        return string.Create(
            CultureInfo.InvariantCulture, $"{CpuSeconds:0} s of CPU, {PeakMiB:0} MiB at most; reconciles: {string.Join(", ", reconciles)}");
    }
}
