using Latlab.Operator.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runtime;

public sealed class EventHistoryTests
{
    private static readonly EventContent Said = new("uid-1", EventType.Normal, "Created", "Created pod a");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly EventHistory _history;

    public EventHistoryTests() => _history = new EventHistory(_time);

    [Fact]
    public void The_same_event_is_counted_from_its_first_time_on()
    {
        var first = Note(Said);
        _time.Advance(TimeSpan.FromMinutes(3));
        var second = Note(Said with { });

        Assert.Equal((1, true), (first.Count, first.IsFirst));
        Assert.Equal((2, false), (second.Count, second.IsFirst));
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), second.First);
    }

    [Theory]
    [InlineData("uid-2", EventType.Normal, "Created", "Created pod a")]
    [InlineData("uid-1", EventType.Warning, "Created", "Created pod a")]
    [InlineData("uid-1", EventType.Normal, "Deleted", "Created pod a")]
    [InlineData("uid-1", EventType.Normal, "Created", "Created pod b")]
    internal void Another_object_type_reason_or_message_is_another_event(string uid, EventType type, string reason, string message)
    {
        Note(Said);

        Assert.True(Note(new EventContent(uid, type, reason, message)).IsFirst);
    }

    [Fact]
    public void An_event_not_seen_for_the_window_is_forgotten_one_that_goes_on_is_not()
    {
        var other = Said with { Reason = "Other" };
        Note(Said);
        Note(other);
        _time.Advance(EventHistory.Window - TimeSpan.FromSeconds(1));
        Note(other);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.False(Note(other).IsFirst);
        Assert.True(Note(Said).IsFirst);
    }

    [Fact]
    public void No_more_than_the_capacity_is_remembered_the_longest_unseen_goes_first()
    {
        Note(Said);
        Note(Said with { Message = "second" });
        Note(Said);
        for (var n = 2; n < EventHistory.Capacity + 1; n++)
        {
            Note(Said with { Message = $"{n}" });
        }

        Assert.Equal(EventHistory.Capacity, _history.Count);
        Assert.False(Note(Said).IsFirst);
        Assert.True(Note(Said with { Message = "second" }).IsFirst);
    }

    [Fact]
    public void A_flood_of_the_same_event_is_sent_in_part_and_loses_no_count()
    {
        var sightings = Enumerable.Range(0, 100).Select(_ => Note(Said)).ToList();
        Assert.Equal(EventHistory.SendBurst, sightings.Count(sighting => sighting.IsWorthSending));

        _time.Advance(EventHistory.SendInterval);
        var next = Note(Said);

        Assert.Equal((101, true), (next.Count, next.IsWorthSending));
    }

    [Fact]
    public void An_event_of_before_a_restart_goes_on()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Note(Said);

        var continued = _history.Continue(Said, 4, start);

        Assert.Equal((5, start), (continued.Count, continued.First));
        Assert.Equal((6, start), (Note(Said).Count, Note(Said).First));
    }

    [Fact]
    public void An_event_that_is_forgotten_is_the_first_again()
    {
        Note(Said);

        _history.Forget(Said);

        Assert.True(Note(Said).IsFirst);
    }

    private EventSighting Note(EventContent content) => _history.Note(content, _time.GetUtcNow().UtcDateTime);
}
