using System.Globalization;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>How deep CPUs sleep.</summary>
internal static class IdleKnobs
{
    private static readonly NumberedFiles Latencies = new("/sys/devices/system/cpu/cpu*/power/pm_qos_resume_latency_us");

    /// <summary>The kernel's 0 means "no limit", and its word for none at all is "n/a".</summary>
    public static readonly KnobKind MaxResumeLatency = FileKinds.EachOf(
        new LatencyKnob(),
        spec => LengthOfTime.TryParse(spec.Cpu?.MaxResumeLatency, out var length)
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)length.TotalMicroseconds}us")
            : null,
        CpuSelection.Of(Latencies),
        new(
            "Idle states from which waking up takes longer are not entered; with 0us the CPU never idles.", Latencies.Pattern,
            "admin-guide/pm/cpuidle.rst, ABI/testing/sysfs-devices-power", "Heat, and less boost for the others"));

    private const string Unlimited = "unlimited";

    private static string Length(string text) => text switch
    {
        "n/a" => "0us",
        "0" => Unlimited,
        _ => text + "us",
    };

    private static string Words(string value) => value switch
    {
        "0us" => "n/a",
        Unlimited => "0",
        _ => value[..^2],
    };

    private sealed class LatencyKnob() : NumberedKnob("cpu.maxResumeLatency", Latencies, new(Length, Words))
    {
        public override KnobReading Read(HostView host)
        {
            var reading = base.Read(host);
            var bounds = NumberedValues.Parse(reading.Value ?? "").Where(entry => entry.Value != Unlimited)
                .Select(entry => (entry.Key, Bound: long.TryParse(entry.Value[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var bound) ? bound : long.MaxValue))
                .ToDictionary(entry => entry.Key, entry => entry.Bound);
            return bounds.Count == 0 ? reading : reading with { Remark = IdleStates.Entered(host, Path, bounds) };
        }
    }
}
