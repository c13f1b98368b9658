using System.Buffers.Binary;
using Latlab.Cli.Live;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Tests.Live;

/// <summary>Two taps, each on a thread of its own, that see requests and replies.</summary>
public sealed class LivePairTests : IDisposable
{
    private const long StartNs = 1_700_000_000_000_000_000;
    private const long GapNs = 10_000;
    private const long RequestNs = 2_000;
    private const long ReplyNs = 7_000;

    private readonly IReadOnlyList<CaptureFacts> _facts = [new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" }];
    private LivePair? _pair;

    [Fact]
    public async Task Each_way_is_matched_for_itself()
    {
        const int packets = 50_000;
        _facts[0].Drops = 3;
        var result = await CaptureAsync(packets, request => request % 100 != 99, reply => reply % 50 != 49);
        AssertIs(result, packets, packets / 100, RequestNs);
        AssertIs(result.Reverse!, packets, packets / 50, ReplyNs);
        Assert.Equal("10.0.0.1:1000 > 10.0.0.2:2000 udp", Assert.Single(result.Flows).Name);
        Assert.Equal("10.0.0.2:2000 > 10.0.0.1:1000 udp", Assert.Single(result.Reverse!.Flows).Name);
        // What a capture missed may have gone either way.
        Assert.Equal(((long?)3, (long?)3), (result.Counters.CaptureDrops, result.Reverse.Counters.CaptureDrops));
        Assert.Contains(result.Reverse.Notes, note => note.StartsWith("the captures missed 3 packets", StringComparison.Ordinal));
        Assert.Equal(("before", "after"), (result.Before!.Name, result.After!.Name));
        Assert.Equal(("after", "before"), (result.Reverse.Before!.Name, result.Reverse.After!.Name));
    }

    /// <summary>Each tap waits for the other one's lead to be matched: a way that nothing goes any more must not have both wait.</summary>
    [Fact]
    public async Task When_nothing_comes_through_one_way_any_more_the_taps_do_not_wait_for_each_other()
    {
        const int known = 10_000;
        const int packets = 200_000;
        var result = await CaptureAsync(packets, request => request < known, _ => true);
        AssertIs(result, packets, packets - known, RequestNs);
        AssertIs(result.Reverse!, packets, 0, ReplyNs);
    }

    public void Dispose() => _pair?.Dispose();

    private async Task<AnalysisResult> CaptureAsync(int packets, Func<int, bool> isForwarded, Func<int, bool> isAnswered)
    {
        var gate = new IdentityGate(_facts, rule: null, clockOffsetNs: 0, probe =>
        {
            var options = new AnalysisOptions { Match = new MatchOptions(1_000_000), Flows = 8 };
            _pair = new LivePair(probe.Rule!, probe.Summary!, options, 256, _facts, probe.Directions, longestLead: 1 << 14);
            return [_pair.ListenerOf(0), _pair.ListenerOf(1)];
        });

        // A reply is sent 4 µs after its request was, whether or not that arrived.
        var before = Task.Factory.StartNew(
            () => Feed(gate.ListenerOf(0), packets, request: (0, _ => true), reply: (4_000 + ReplyNs, isAnswered)), TaskCreationOptions.LongRunning);
        var after = Task.Factory.StartNew(
            () => Feed(gate.ListenerOf(1), packets, request: (RequestNs, isForwarded), reply: (4_000, _ => true)), TaskCreationOptions.LongRunning);
        await Task.WhenAll(before, after).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return _pair!.Finish();
    }

    private static void Feed(ILiveListener listener, int packets, (long AtNs, Func<int, bool> IsSeen) request, (long AtNs, Func<int, bool> IsSeen) reply)
    {
        // In the order of time: a reply to the capture before comes after the next request.
        var lag = (int)(reply.AtNs / GapNs);
        for (var i = 0; i < packets + lag; i++)
        {
            if (i - lag >= 0 && reply.AtNs % GapNs < request.AtNs)
            {
                See(i - lag, reply, isReply: true);
            }

            if (i < packets)
            {
                See(i, request, isReply: false);
            }

            if (i - lag >= 0 && reply.AtNs % GapNs >= request.AtNs)
            {
                See(i - lag, reply, isReply: true);
            }
        }

        listener.Complete();

        void See(int number, (long AtNs, Func<int, bool> IsSeen) packet, bool isReply)
        {
            if (packet.IsSeen(number))
            {
                listener.OnFrame(StartNs + (number * GapNs) + packet.AtNs, Frame(number, isReply), 60);
            }
        }
    }

    private static byte[] Frame(int number, bool isReply)
    {
        var frame = new byte[60];
        var (source, destination) = isReply ? (2, 1) : (1, 2);
        frame[12] = 0x08;
        byte[] ip = [0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, (byte)source, 10, 0, 0, (byte)destination];
        ip.CopyTo(frame, 14);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), (ushort)(source * 1000));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), (ushort)(destination * 1000));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), 26);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(42), number);
        return frame;
    }

    private static void AssertIs(AnalysisResult result, int sent, int lost, long latencyNs)
    {
        Assert.Equal((sent - lost, lost, 0L), (result.Counters.Matched, result.Counters.Lost + result.Counters.Undecided, result.Counters.UnmatchedAfter));
        Assert.Equal((latencyNs, latencyNs), (result.LatencyNs!.Min, result.LatencyNs.Max));
    }
}
