using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class FlowCourseTests
{
    private static readonly long[] Latencies = [10, 20, 33];

    [Fact]
    public void An_interval_that_comes_by_again_is_one_row_in_its_place()
    {
        var (first, second) = (new Interval { Index = 0 }, new Interval { Index = 1 });
        var course = new FlowCourse(new HistoryRoom(10));
        course.Add(second, Fate.Matched, Latencies);
        course.Add(second, Fate.Lost, [0, 0]);
        course.Add(first, Fate.Lost, [0]);
        course.Add(second, Fate.Matched, [100]);
        course.Add(second, Fate.DuplicatedBefore, [0]);
        course.Add(second, Fate.Undecided, [0]);
        var series = course.ToSeries(interval => 1_000 + (interval.Index * 100))!;
        Assert.Equal([1_000, 1_100], series.StartNs);
        Assert.Equal([1, 7], series.Sent);
        Assert.Equal([0, 4], series.Matched);
        Assert.Equal([1, 2], series.Lost);
        Assert.Equal([null, 41], series.Mean);
        Assert.Equal([null, 100], series.Max);
    }

    [Fact]
    public void Where_all_flows_have_too_many_intervals_it_is_counted_what_is_in_none()
    {
        var room = new HistoryRoom(3);
        var (one, other) = (new FlowCourse(room), new FlowCourse(room));
        for (var i = 0; i < 4; i++)
        {
            var interval = new Interval { Index = i };
            one.Add(interval, Fate.Matched, Latencies);
            other.Add(interval, Fate.Matched, [5]);
        }

        Assert.Equal([3, 3], one.ToSeries(interval => interval.Index)!.Sent);
        Assert.Equal([1], other.ToSeries(interval => interval.Index)!.Sent);
        Assert.Equal((6, 3), (one.Beyond, other.Beyond));
        Assert.Null(new FlowCourse(room).ToSeries(interval => interval.Index));
    }

    /// <summary>Latencies of clocks that are years apart.</summary>
    [Fact]
    public void Means_are_right_however_long_latencies_are()
    {
        var course = new FlowCourse(new HistoryRoom(1));
        course.Add(new Interval(), Fate.Matched, [.. Enumerable.Repeat(1_700_000_000_000_000_000, 100)]);
        Assert.Equal([1_700_000_000_000_000_000], course.ToSeries(_ => 0)!.Mean);
    }
}
