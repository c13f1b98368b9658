using Latlab.Crds.Conditions;
using Latlab.Crds.Runs;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

/// <summary>What the numbers of a run are worth.</summary>
public sealed class RunVerdictTests
{
    [Fact]
    public void A_capture_that_dropped_packets_makes_the_run_invalid_and_keeps_its_numbers() =>
        AssertInvalid(RunConditions.ReasonCaptureDrops, RunReports.Meter(1000, 999, ingressDrops: 1));

    [Fact]
    public void A_negative_latency_makes_the_run_invalid() => AssertInvalid(RunConditions.ReasonClockUnusable, RunReports.Meter(1000, 999, negative: 1));

    [Fact]
    public void A_run_in_which_nothing_matched_is_invalid() => AssertInvalid(RunConditions.ReasonNothingMatched, RunReports.Meter(1000, 0));

    [Fact]
    public void A_tap_that_saw_nothing_is_called_so_and_not_truncated() =>
        AssertInvalid(RunConditions.ReasonNothingMatched, RunReports.Meter(0, 0, endMarkerSeen: false));

    [Fact]
    public void A_capture_without_the_end_and_without_all_packets_is_truncated() =>
        AssertInvalid(RunConditions.ReasonTruncated, RunReports.Meter(900, 900, endMarkerSeen: false));

    [Fact]
    public void Without_the_end_marker_but_with_every_packet_the_result_is_valid()
    {
        var run = Measured(RunReports.Meter(1000, 1000, endMarkerSeen: false), RunReports.Generator(1000));
        Assert.Equal(RunPhase.Complete, run.Phase);
        Assert.Contains("end marker was not seen", run.Measured!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_packets_at_the_tap_than_were_generated_do_not_add_up() =>
        AssertInvalid(RunConditions.ReasonCountersInconsistent, RunReports.Meter(1001, 1001));

    [Fact]
    public void Traffic_that_was_cut_short_is_truncated() =>
        AssertInvalid(RunConditions.ReasonTruncated, RunReports.Meter(999, 999), RunReports.Generator(999));

    [Theory]
    [InlineData(980, 20, 0, 98)]
    [InlineData(980, 0, 20, 98)]
    public void A_rate_that_was_not_held_makes_the_run_invalid_and_names_both_rates(long sent, long notSent, long refused, long offered)
    {
        var run = AssertInvalid(RunConditions.ReasonRateNotReached, RunReports.Meter(sent, sent), RunReports.Generator(sent, notSent, refused, offered));
        Assert.Contains($"100 packets/s were asked for and {offered} offered", run.Measured!.Message, StringComparison.Ordinal);
        Assert.Contains("lower traffic.rate", run.Measured.Message, StringComparison.Ordinal);
        Assert.Equal(notSent, run.Run.Status!.Results!.NotSent);
        Assert.Equal(refused, run.Run.Status.Results.SendErrors);
    }

    [Theory]
    [InlineData("10s", 1000, 995)]
    [InlineData("10ms", 1, 1)]
    [InlineData("100ms", 10, 10)]
    public void A_few_packets_less_or_a_last_packet_that_was_late_do_not(string duration, int planned, long sent)
    {
        var run = new SimulatedRun(r => r.Spec.Traffic = r.Spec.Traffic with { Duration = duration });
        Measure(run, RunReports.Meter(sent, sent), RunReports.Generator(sent, notSent: planned - sent, offeredRate: sent == 1 ? 1 : 99));
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    [Fact]
    public void A_generator_that_was_late_is_mentioned_in_a_valid_result()
    {
        var run = Measured(RunReports.Meter(1000, 1000), RunReports.Generator(1000, maxLatenessNs: 2_500_000, longestBurst: 40));
        Assert.Equal(RunPhase.Complete, run.Phase);
        Assert.Contains("up to 2.5 ms late, up to 40 back to back", run.Measured!.Message, StringComparison.Ordinal);
        Assert.Equal(2_500_000, run.Run.Status!.Results!.MaxLatenessNs);
        Assert.Equal(40, run.Run.Status.Results.LongestBurst);
    }

    [Fact]
    public void Lateness_that_any_timer_has_is_not() =>
        Assert.DoesNotContain("late", Measured(RunReports.Meter(1000, 1000), RunReports.Generator(1000, maxLatenessNs: 900_000)).Measured!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1", false, "the forwarder shared its CPUs: no static CPU manager")]
    [InlineData("0-1", true, "the meter was allowed on the forwarder's CPUs 0")]
    public void What_a_valid_result_lacks_of_isolation_is_in_its_message_once(string cpus, bool exclusive, string note)
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Analyzing);
        run.End(RunRole.Forwarder, 143, RunReports.Forwarder(cpus, exclusive));
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
        Assert.Equal(2, run.Measured!.Message.Split(note).Length);
    }

    [Fact]
    public void Files_that_could_not_be_kept_are_told_in_the_message_and_as_an_event()
    {
        var run = Measured(RunReports.Meter(1000, 1000, artifactsError: "no space left"), RunReports.Generator(1000));
        Assert.Equal(RunPhase.Complete, run.Phase);
        Assert.Contains("no space left", run.Measured!.Message, StringComparison.Ordinal);
        Assert.Contains(run.Told, line => line.Reason == "ArtifactsNotKept" && line.Message.Contains("no space left", StringComparison.Ordinal));
    }

    [Fact]
    public void Objectives_are_compared_in_the_APIs_words_and_units()
    {
        var run = new SimulatedRun(r => r.Spec.Measurement = r.Spec.Measurement with
        {
            Objectives =
            [
                new() { Metric = Crds.Experiments.ObjectiveMetric.P999, AtMost = 4 },
                new() { Metric = Crds.Experiments.ObjectiveMetric.Lost, AtMost = 0 },
                new() { Metric = Crds.Experiments.ObjectiveMetric.P50, AtMost = 2 },
            ],
        });
        Measure(run, RunReports.Meter(1000, 997), RunReports.Generator(1000));
        var met = run.Condition(RunConditions.ObjectivesMet)!;
        Assert.Equal(ConditionStatus.False, met.Status);
        Assert.Equal(RunConditions.ReasonMissed, met.Reason);
        Assert.Equal("p99.9 5 ns > 4 ns; lost 3 packets > 0 packets; p50 2 ns <= 2 ns", met.Message);
    }

    [Fact]
    public void Numbers_that_must_not_be_used_meet_no_objective_and_miss_none()
    {
        var run = AssertInvalid(RunConditions.ReasonCaptureDrops, RunReports.Meter(1000, 999, ingressDrops: 1));
        Assert.Equal(ConditionStatus.Unknown, run.Condition(RunConditions.ObjectivesMet)!.Status);
        Assert.Equal(RunConditions.ReasonNoValidResult, run.Condition(RunConditions.ObjectivesMet)!.Reason);
    }

    private static SimulatedRun AssertInvalid(string reason, string meter, string? generator = null)
    {
        var run = Measured(meter, generator ?? RunReports.Generator(1000));
        Assert.Equal(reason, run.Measured!.Reason);
        Assert.Equal(RunPhase.Invalid, run.Phase);
        Assert.NotNull(run.Run.Status!.Results);
        return run;
    }

    private static SimulatedRun Measured(string meter, string generator)
    {
        var run = new SimulatedRun();
        Measure(run, meter, generator);
        return run;
    }

    private static void Measure(SimulatedRun run, string meter, string generator)
    {
        run.RunUntilCreated(RunRole.Generator);
        run.End(RunRole.Generator, 0, generator);
        run.End(RunRole.Meter, 0, meter);
        run.RunToEnd();
    }
}
