using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

public sealed class RebootRecordTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_read_as_it_was_written_and_other_annotations_stay()
    {
        var record = new RebootRecord
        {
            Phase = RebootPhase.Draining,
            Generation = 7,
            Restoring = true,
            Since = Now,
            BootId = "b",
            GrantedAt = Now,
            Unmet = "cpu.governor\ncpu.smt",
            Reboots = 2,
            LastTryAt = Now,
            BlockedDrains = 1,
            NotBefore = Now,
            Reason = "R",
            Message = "pod \"a\" <b>",
        };
        var tuning = Tuning();
        tuning.Metadata.Annotations = new Dictionary<string, string> { [ReadBackRequest.TokenAnnotation] = "t" };
        var written = record.WriteTo(tuning);
        Assert.Equal(record, RebootRecord.Of(written));
        Assert.Equal("t", written.Metadata.Annotations[ReadBackRequest.TokenAnnotation]);
        Assert.Equal("2", written.Metadata.Annotations[RebootGrant.CountAnnotation]);
        Assert.Equal(new RebootRecord(), RebootRecord.Of(tuning));
    }

    [Theory]
    [InlineData("Rebooting", true)]
    [InlineData("Settling", false)]
    [InlineData("Lost", false)]
    [InlineData("Idle", false)]
    public void The_grant_is_there_exactly_while_the_agent_may_reboot(string phase, bool granted)
    {
        var before = new RebootRecord { Phase = RebootPhase.Rebooting, BootId = "b" }.WriteTo(Tuning());
        var after = new RebootRecord { Phase = Enum.Parse<RebootPhase>(phase), BootId = "b" }.WriteTo(before);
        Assert.Equal(granted, after.Metadata.Annotations.ContainsKey(RebootGrant.BootIdAnnotation));
    }

    [Theory]
    // What is not in effect then is the new wish's, and not the reboot's.
    [InlineData("Rebooting", "Rebooting", RebootRecord.Anything)]
    [InlineData("Settling", "Settling", RebootRecord.Anything)]
    [InlineData("Draining", "Draining", null)]
    [InlineData("Lost", "Idle", null)]
    [InlineData("Failed", "Idle", null)]
    public void A_new_generation_counts_anew_and_goes_on_with_what_is_under_way(string before, string after, string? unmet)
    {
        var phase = Enum.Parse<RebootPhase>(before);
        var old = new RebootRecord { Phase = phase, Generation = 1, BlockedDrains = 3, NotBefore = Now, Reason = "R", Unmet = "a", Reboots = 1 };
        var record = old.For(Tuning());
        Assert.Equal(new RebootRecord { Phase = Enum.Parse<RebootPhase>(after), Generation = 2, Unmet = unmet, Reboots = 1 }, record);
        Assert.Same(record, record.For(Tuning()));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(5, 80)]
    [InlineData(9, 360)]
    [InlineData(int.MaxValue, 360)]
    public void The_pause_after_a_drain_that_was_blocked_grows(int blocked, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), RebootTimes.Pause(blocked));

    private static V1Alpha1NodeTuning Tuning() => new()
    {
        Metadata = new V1ObjectMeta { Name = "n", Uid = "u" },
        Spec = new NodeTuningSpec { TunedNode = new TunedNodeReference { Name = "lab", Uid = "uid-lab", Generation = 2 } },
    };
}
