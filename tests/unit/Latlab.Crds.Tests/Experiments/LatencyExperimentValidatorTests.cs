using Latlab.Crds.Experiments;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests.Experiments;

public sealed class LatencyExperimentValidatorTests
{
    private static readonly TrafficSpec Traffic = new() { Interface = "generator", Rate = 10_000 };
    private static readonly MeasurementSpec Measurement = new() { Taps = new TapsSpec { Ingress = "ingress", Egress = "egress" } };
    private static readonly ForwarderSpec Forwarder = new() { Ports = [new() { Interface = "ingress" }, new() { Interface = "dut-out" }] };
    private static readonly LatencyExperimentSpec Good = new()
    {
        TunedNode = "lab",
        Forwarder = Forwarder,
        Traffic = Traffic,
        Measurement = Measurement,
    };


    public static TheoryData<LatencyExperimentSpec> Fine { get; } =
    [
        Good,
        Good with { NodeName = "node-1", Repetitions = 1000, Artifacts = new ArtifactsSpec { Pcap = true } },
        // A bare wire: the generator's interface is its first tap.
        Good with { Forwarder = null, Measurement = Measurement with { Taps = new TapsSpec { Ingress = "generator", Egress = "far" } } },
        Good with { Traffic = Traffic with { WarmUp = "0", Duration = "24h" }, Measurement = Measurement with { Window = "10s" } },
        Good with { Traffic = Traffic with { Rate = 32_509_752, FrameSize = 1518 }, Measurement = Measurement with { Window = "30ms" } },
        Good with { Traffic = Traffic with { Rate = 10_000_000 }, Measurement = Measurement with { Window = "100ms" } },
        Good with { Measurement = Measurement with { Window = "1ms" } },
        Good with { Measurement = Measurement with { Window = "1500us" }, Traffic = Traffic with { WarmUp = "1m30s", Duration = "1h0m0s" } },
        Good with { Forwarder = Forwarder with { HugePages = new ForwarderHugePages { Size = "2Mi", Count = 32 } } },
        Good with { Forwarder = Forwarder with { Image = "registry.local:5000/dpdk@sha256:00" } },
        Good with { Forwarder = Forwarder with { HugePages = new ForwarderHugePages { Size = "1Gi", Count = 1 } } },
        Objectives(new() { Metric = ObjectiveMetric.P99, AtMost = 1 }, new() { Metric = ObjectiveMetric.Lost, AtMost = 0 }),
    ];

    public static TheoryData<string, LatencyExperimentSpec> Bad { get; } = new()
    {
        { "spec.tunedNode", Good with { TunedNode = "" } },
        { "spec.tunedNode", Good with { TunedNode = null! } },
        { "spec.tunedNode", Good with { TunedNode = "Lab" } },
        { "spec.nodeName", Good with { NodeName = "" } },
        { "spec.traffic", Good with { Traffic = null! } },
        { "spec.measurement", Good with { Measurement = null! } },
        { "spec.repetitions", Good with { Repetitions = 0 } },
        { "spec.repetitions", Good with { Repetitions = -3 } },
        { "spec.traffic.interface", Good with { Traffic = Traffic with { Interface = "" } } },
        { "spec.traffic.rate", Good with { Traffic = Traffic with { Rate = 0 } } },
        { "spec.traffic.rate", Good with { Traffic = Traffic with { Rate = -1 } } },
        { "spec.traffic.rate", Good with { Traffic = Traffic with { Rate = 32_509_753, FrameSize = 1518 }, Measurement = Measurement with { Window = "30ms" } } },
        { "spec.traffic.frameSize", Good with { Traffic = Traffic with { FrameSize = 63 } } },
        { "spec.traffic.frameSize", Good with { Traffic = Traffic with { FrameSize = 1519 } } },
        { "spec.traffic.flows", Good with { Traffic = Traffic with { Flows = 0 } } },
        { "spec.traffic.duration", Good with { Traffic = Traffic with { Duration = "-1s" } } },
        { "spec.traffic.duration", Good with { Traffic = Traffic with { Duration = "0" } } },
        { "spec.traffic.duration", Good with { Traffic = Traffic with { Duration = null! } } },
        { "spec.traffic.duration", Good with { Traffic = Traffic with { Duration = "25h" } } },
        // Matches the schema's pattern, and is more than a TimeSpan holds.
        { "spec.traffic.duration", Good with { Traffic = Traffic with { Duration = "999999999h" } } },
        { "spec.traffic.warmUp", Good with { Traffic = Traffic with { WarmUp = "1441m" } } },
        { "spec.traffic.warmUp", Good with { Traffic = Traffic with { WarmUp = "" } } },
        { "spec.measurement.window",
            Good with { Measurement = Measurement with { Window = "11s" }, Traffic = Traffic with { Duration = "1h" } } },
        { "spec.measurement.window",
            Good with { Measurement = Measurement with { Window = "2s" }, Traffic = Traffic with { Duration = "1s" } } },
        { "spec.measurement.window", Good with { Measurement = Measurement with { Window = "999999999h" } } },
        { "spec.measurement.window", Good with { Measurement = Measurement with { Window = "999us" } } },
        { "spec.measurement.window", Good with { Measurement = Measurement with { Window = "0s" } } },
        { "spec.measurement.window", Good with { Traffic = Traffic with { Rate = 10_000_001 } } },
        { "spec.traffic.warmUp", Good with { Traffic = Traffic with { WarmUp = string.Concat(Enumerable.Repeat("1us", 22)) } } },
        { "spec.measurement.taps", Good with { Measurement = Measurement with { Taps = null! } } },
        { "spec.measurement.taps.egress",
            Good with { Measurement = Measurement with { Taps = new TapsSpec { Ingress = "a", Egress = "a" } } } },
        { "spec.measurement.taps.egress",
            Good with { Measurement = Measurement with { Taps = new TapsSpec { Ingress = "a", Egress = "generator" } } } },
        { "spec.measurement.objectives", Good with { Measurement = Measurement with { Objectives = null! } } },
        { "spec.measurement.objectives[0].metric", Objectives(new Objective { Metric = (ObjectiveMetric)99 }) },
        { "spec.measurement.objectives[0].atMost", Objectives(new Objective { AtMost = -1 }) },
        { "spec.measurement.objectives[1].metric",
            Objectives(new() { Metric = ObjectiveMetric.Max, AtMost = 1 }, new() { Metric = ObjectiveMetric.Max, AtMost = 2 }) },
        { "spec.forwarder.mode", Good with { Forwarder = Forwarder with { Mode = (ForwardingMode)9 } } },
        { "spec.forwarder.cpus", Good with { Forwarder = Forwarder with { Cpus = -1 } } },
        { "spec.forwarder.memoryMiB", Good with { Forwarder = Forwarder with { MemoryMiB = 255 } } },
        { "spec.forwarder.image", Good with { Forwarder = Forwarder with { Image = "a b" } } },
        { "spec.forwarder.hugePages.size",
            Good with { Forwarder = Forwarder with { HugePages = new ForwarderHugePages { Size = "3Mi", Count = 100 } } } },
        { "spec.forwarder.hugePages.count",
            Good with { Forwarder = Forwarder with { HugePages = new ForwarderHugePages { Size = "2Mi", Count = 31 } } } },
        { "spec.forwarder.hugePages.count",
            Good with { Forwarder = Forwarder with { HugePages = new ForwarderHugePages { Size = "2Mi", Count = -1 } } } },
        { "spec.forwarder.ports", Good with { Forwarder = Forwarder with { Ports = [new() { Interface = "a" }] } } },
        { "spec.forwarder.ports[1]", Good with { Forwarder = Forwarder with { Ports = [new() { Interface = "a" }, null!] } } },
        { "spec.forwarder.ports[1].interface",
            Good with { Forwarder = Forwarder with { Ports = [new() { Interface = "a" }, new() { Interface = "a" }] } } },
        { "spec.traffic.interface", Good with { Traffic = Traffic with { Interface = "ingress" } } },
    };

    [Theory]
    [MemberData(nameof(Fine))]
    public void A_good_spec_is_not_refused(LatencyExperimentSpec spec) => Assert.Empty(new LatencyExperimentValidator().Refusals(spec));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_field_is_refused_by_its_path_with_a_remedy(string field, LatencyExperimentSpec spec)
    {
        var refusal = Assert.Single(new LatencyExperimentValidator().Refusals(spec));
        Assert.Equal(field, refusal.Field);
        Assert.NotEmpty(refusal.Problem);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Fact]
    public void The_remedy_for_too_high_a_rate_names_one_that_is_accepted()
    {
        var tooMuch = Good with { Traffic = Traffic with { Rate = 100_000_000, FrameSize = 1500 }, Measurement = Measurement with { Window = "1ms" } };
        var remedy = Assert.Single(new LatencyExperimentValidator().Refusals(tooMuch)).Remedy;
        var rate = int.Parse(remedy.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Empty(new LatencyExperimentValidator().Refusals(tooMuch with { Traffic = tooMuch.Traffic with { Rate = rate } }));
        Assert.Single(new LatencyExperimentValidator().Refusals(tooMuch with { Traffic = tooMuch.Traffic with { Rate = rate + 1 } }));
    }

    [Theory]
    [InlineData(10_000_001)]
    [InlineData(12_345_678)]
    [InlineData(100_000_000)]
    public void The_remedy_for_too_long_a_window_names_one_that_is_accepted(int rate)
    {
        var tooLong = Good with { Traffic = Traffic with { Rate = rate } };
        var remedy = Assert.Single(new LatencyExperimentValidator().Refusals(tooLong)).Remedy;
        var window = LengthOfTime.Parse(remedy.Split(' ', ',')[3]);
        Assert.Empty(new LatencyExperimentValidator().Refusals(With(window)));
        Assert.Single(new LatencyExperimentValidator().Refusals(With(window + TimeSpan.FromMicroseconds(1))));

        LatencyExperimentSpec With(TimeSpan length) => tooLong with { Measurement = Measurement with { Window = LengthOfTime.Format(length) } };
    }

    [Fact]
    public void A_refused_value_is_said_as_the_user_wrote_it() => Assert.Equal(
        "p99.9",
        Assert.Single(new LatencyExperimentValidator().Refusals(
            Objectives(new() { Metric = ObjectiveMetric.P999, AtMost = 1 }, new() { Metric = ObjectiveMetric.P999, AtMost = 2 }))).Value);

    private static LatencyExperimentSpec Objectives(params Objective[] objectives) =>
        Good with { Measurement = Measurement with { Objectives = objectives } };
}
