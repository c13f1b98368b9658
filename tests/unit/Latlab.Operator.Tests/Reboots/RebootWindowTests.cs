using System.Globalization;
using CsCheck;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

public sealed class RebootWindowTests
{
    [Theory]
    // 2030-01-04 is a Friday.
    [InlineData("Fri", "22:00", "23:00", "UTC", "2030-01-04T21:59:59Z", false)]
    [InlineData("Fri", "22:00", "23:00", "UTC", "2030-01-04T22:00:00Z", true)]
    [InlineData("Fri", "22:00", "23:00", "UTC", "2030-01-04T23:00:00Z", false)]
    [InlineData("Fri", "22:00", "23:00", "UTC", "2030-01-05T22:30:00Z", false)]
    [InlineData("", "22:00", "23:00", "UTC", "2030-01-05T22:30:00Z", true)]
    // Over midnight it belongs to the day that it begins on.
    [InlineData("Fri", "22:00", "04:00", "UTC", "2030-01-05T03:59:00Z", true)]
    [InlineData("Fri", "22:00", "04:00", "UTC", "2030-01-05T04:00:00Z", false)]
    [InlineData("Fri", "22:00", "04:00", "UTC", "2030-01-04T03:00:00Z", false)]
    [InlineData("Fri", "22:00", "04:00", "UTC", "2030-01-05T22:30:00Z", false)]
    // The day, too, is the time zone's.
    [InlineData("Fri", "22:00", "23:00", "Asia/Tokyo", "2030-01-04T13:30:00Z", true)]
    [InlineData("Sat", "01:00", "02:00", "Asia/Tokyo", "2030-01-04T16:30:00Z", true)]
    [InlineData("Fri", "22:00", "23:00", "America/New_York", "2030-01-05T03:30:00Z", true)]
    // Summer time: an hour earlier in UTC.
    [InlineData("", "22:00", "23:00", "Europe/Berlin", "2030-01-04T21:30:00Z", true)]
    [InlineData("", "22:00", "23:00", "Europe/Berlin", "2030-07-04T20:30:00Z", true)]
    [InlineData("", "22:00", "23:00", "Europe/Berlin", "2030-07-04T21:30:00Z", false)]
    // 2030-03-31: the clock goes from 02:00 to 03:00 at 01:00 UTC.
    [InlineData("", "02:00", "03:00", "Europe/Berlin", "2030-03-31T00:59:00Z", false)]
    [InlineData("", "02:00", "03:00", "Europe/Berlin", "2030-03-31T01:00:00Z", false)]
    [InlineData("", "02:30", "04:00", "Europe/Berlin", "2030-03-31T01:00:00Z", true)]
    // 2030-10-27: 02:00 to 03:00 comes twice, from 00:00 and from 01:00 UTC.
    [InlineData("", "02:00", "03:00", "Europe/Berlin", "2030-10-27T00:30:00Z", true)]
    [InlineData("", "02:00", "03:00", "Europe/Berlin", "2030-10-27T01:30:00Z", true)]
    [InlineData("", "02:00", "03:00", "Europe/Berlin", "2030-10-27T02:00:00Z", false)]
    public void It_is_open_by_the_wall_clock(string days, string start, string end, string zone, string now, bool open) =>
        Assert.Equal(open, RebootWindow.IsOpen(Window(days, start, end, zone), Time(now)));

    [Theory]
    [InlineData("Fri", "22:00", "23:00", "UTC", "2030-01-04T21:00:00Z", "2030-01-04T22:00:00Z")]
    [InlineData("Fri", "22:00", "23:00", "UTC", "2030-01-04T22:30:00Z", "2030-01-11T22:00:00Z")]
    [InlineData("Mon,Fri", "22:00", "04:00", "UTC", "2030-01-05T05:00:00Z", "2030-01-07T22:00:00Z")]
    [InlineData("", "02:30", "04:00", "Europe/Berlin", "2030-03-31T00:00:00Z", "2030-03-31T01:00:00Z")]
    [InlineData("", "02:00", "03:00", "Europe/Berlin", "2030-10-26T12:00:00Z", "2030-10-27T00:00:00Z")]
    // The day on which the clock leaves the whole window out is no day of it.
    [InlineData("Sun", "02:00", "03:00", "Europe/Berlin", "2030-03-30T12:00:00Z", "2030-04-07T00:00:00Z")]
    public void It_says_when_it_opens(string days, string start, string end, string zone, string now, string opens) =>
        Assert.Equal(Time(opens), RebootWindow.NextOpening(Window(days, start, end, zone), Time(now)));

    [Fact]
    public void It_opens_when_it_says() => Gen.Select(
        Gen.Int[0, 1439], Gen.Int[0, 1439], Gen.OneOf(Gen.Const("UTC"), Gen.Const("Europe/Berlin"), Gen.Const("Australia/Lord_Howe"), Gen.Const("America/New_York")), Gen.Int[0, 525_600])
        .Sample((start, end, zone, minute) =>
        {
            if (start == end)
            {
                return true;
            }

            var now = Time("2030-01-01T00:00:00Z").AddMinutes(minute);
            var window = Window("", Text(start), Text(end), zone);
            var opens = RebootWindow.NextOpening(window, now);
            return opens > now && RebootWindow.IsOpen(window, opens.Value) && opens - now < TimeSpan.FromHours(50);
        });

    private static string Text(int minute) => TimeOnly.MinValue.AddMinutes(minute).ToString("HH:mm", CultureInfo.InvariantCulture);

    private static TimeWindow Window(string days, string start, string end, string zone) => new()
    {
        Days = days.Split(',', StringSplitOptions.RemoveEmptyEntries),
        Start = start,
        End = end,
        TimeZone = zone,
    };

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
