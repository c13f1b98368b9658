using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// Intel's frequency driver: a switch begins anew with governors, percentages and turbo, and active it knows two governors alone
/// (<c>admin-guide/pm/intel_pstate.rst</c>).
/// </summary>
internal sealed class PstateHost(IHost inner) : WrappedHost(inner)
{
    public const string Status = $"{Intel}/status";
    public const string Highest = $"{Intel}/max_perf_pct";

    private const string Intel = "/sys/devices/system/cpu/intel_pstate";
    private static readonly string[] Governors = [.. new[] { 0, 2 }.Select(policy => $"/sys/devices/system/cpu/cpufreq/policy{policy}/scaling_governor")];

    public static FakeTree Tree()
    {
        var tree = FakeTree.WithCpus().File(Status, "passive").File(Highest, "70").File($"{Intel}/min_perf_pct", "20").File($"{Intel}/no_turbo", "1");
        File.Delete($"{tree.Root}/sys/devices/system/cpu/cpufreq/boost");
        return Governors.Aggregate(tree, (all, file) => all.File(file, "ondemand"));
    }

    public override string? WriteAttribute(string path, string value)
    {
        if (path == Status && Read(Status).Text != value)
        {
            _ = base.WriteAttribute(Highest, "100");
            _ = base.WriteAttribute($"{Intel}/min_perf_pct", "0");
            _ = base.WriteAttribute($"{Intel}/no_turbo", "0");
            foreach (var file in Governors)
            {
                _ = base.WriteAttribute(file, value == "active" ? "powersave" : "schedutil");
            }
        }

        return Governors.Contains(path) && Read(Status).Text == "active" && value is not ("powersave" or "performance")
            ? "Invalid argument"
            : base.WriteAttribute(path, value);
    }
}
