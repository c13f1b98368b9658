using Latlab.Cli.Live;

namespace Latlab.Cli.Tests.Live;

public sealed class FromListenerTests
{
    [Fact]
    public void What_came_before_both_taps_were_open_is_left_out_and_all_else_handed_on()
    {
        var seen = new Seen();
        var listener = new FromListener(seen, 100);
        foreach (var timeNs in (long[])[98, 99, 100, 101])
        {
            listener.OnFrame(timeNs, [1], 1);
        }

        listener.OnIdle(99);
        listener.Complete();
        Assert.Equal(["100", "101", "idle 99", "complete"], seen.Calls);
    }

    private sealed class Seen : ILiveListener
    {
        public List<string> Calls { get; } = [];

        public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength) => Calls.Add($"{timeNs}");

        public void OnIdle(long completeUntilNs) => Calls.Add($"idle {completeUntilNs}");

        public void Complete() => Calls.Add("complete");
    }
}
