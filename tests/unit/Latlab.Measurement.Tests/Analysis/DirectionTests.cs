using System.Buffers.Binary;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;
using Latlab.Measurement.Tests.Identity;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>Captures that have both directions of a link.</summary>
public sealed class DirectionTests : IDisposable
{
    private const long StartNs = 1_700_000_000_000_000_000;
    private const int Packets = 20_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-directions-");
    private readonly List<(long TimeNs, byte[] Frame)> _before = [];
    private readonly List<(long TimeNs, byte[] Frame)> _after = [];

    [Theory]
    [InlineData(0)]
    [InlineData(5_000_000)]
    [InlineData(-37_000_000_000)]
    public void Each_direction_has_its_own_latencies_and_losses_whatever_the_clocks_are_apart(long afterAheadNs)
    {
        var random = new Random(5);
        List<long> forward = [];
        List<long> reverse = [];
        for (var i = 0; i < Packets; i++)
        {
            // Requests take 2 to 3 µs and every 100th is lost, replies 7 to 8 µs and every 50th is lost.
            var sentNs = StartNs + (i * 10_000L);
            Send(_before, _after, sentNs, 2_000 + random.Next(1_000), isLost: i % 100 == 99, 1, 2, i, forward);
            Send(_after, _before, sentNs + 4_000, 7_000 + random.Next(1_000), isLost: i % 50 == 49, 2, 1, i, reverse);
        }

        var result = Analyze(afterAheadNs, new AnalysisOptions { ClockOffsetNs = afterAheadNs, Flows = 10 });
        AssertIs(result, forward, Packets / 100);
        AssertIs(result.Reverse!, reverse, Packets / 50);
        Assert.Equal((Packets - 1, forward.Count - 1), (result.Variation!.GapsBefore!.Count, result.Variation.GapsAfter!.Count));
        Assert.Equal((Packets - 1, reverse.Count - 1), (result.Reverse!.Variation!.GapsBefore!.Count, result.Reverse.Variation.GapsAfter!.Count));
        Assert.Equal(ClockVerdict.Trustworthy, result.Clock!.Verdict);
        Assert.Equal(ClockVerdict.Trustworthy, result.Reverse!.Clock!.Verdict);
        Assert.Equal("10.0.0.1:1000 > 10.0.0.2:2000 udp", Assert.Single(result.Flows).Name);
        Assert.Equal("10.0.0.2:2000 > 10.0.0.1:1000 udp", Assert.Single(result.Reverse.Flows).Name);
        Assert.Equal(_before.Count, result.Counters.Before + result.Reverse.Counters.After);
        Assert.Equal(_after.Count, result.Counters.After + result.Reverse.Counters.Before);
        Assert.Equal(StartNs, result.Before!.FirstNs);
    }

    [Fact]
    public void Of_more_flows_than_are_told_apart_each_packet_still_goes_its_way()
    {
        List<long> forward = [];
        List<long> reverse = [];
        for (var i = 0; i < 40_000; i++)
        {
            Send(_before, _after, StartNs + (i * 10_000L), 2_000, isLost: false, 1, 2, i, forward, (ushort)(1_000 + i));
            Send(_after, _before, StartNs + (i * 10_000L) + 4_000, 7_000, isLost: false, 2, 1, i, reverse, (ushort)(1_000 + i));
        }

        var result = Analyze(0, new AnalysisOptions());
        AssertIs(result, forward, 0);
        AssertIs(result.Reverse!, reverse, 0);
    }

    [Fact]
    public void Replies_that_only_one_capture_has_are_no_second_direction()
    {
        List<long> forward = [];
        for (var i = 0; i < 1_000; i++)
        {
            Send(_before, _after, StartNs + (i * 10_000L), 2_000, isLost: false, 1, 2, i, forward);
            _before.Add((StartNs + (i * 10_000L) + 5_000, Frame(2, 1, i)));
        }

        var result = Analyze(0, new AnalysisOptions());
        Assert.Null(result.Reverse);
        Assert.Equal(1_000, result.Counters.Matched);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Send(
        List<(long TimeNs, byte[] Frame)> from, List<(long TimeNs, byte[] Frame)> to, long sentNs, long latencyNs, bool isLost, byte source, byte destination, int number,
        List<long> latencies, ushort port = 1000)
    {
        var frame = Frame(source, destination, number, port);
        from.Add((sentNs, frame));
        if (!isLost)
        {
            to.Add((sentNs + latencyNs, frame));
            latencies.Add(latencyNs);
        }
    }

    /// <param name="source">Of host 1, or of host 2.</param>
    /// <param name="destination">The other.</param>
    /// <param name="number">What tells frames apart.</param>
    /// <param name="port">Of host 1.</param>
    private static byte[] Frame(byte source, byte destination, int number, ushort port = 1000)
    {
        var payload = new byte[18];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return new TestFrame
        {
            Source = source,
            Destination = destination,
            SourcePort = source == 1 ? port : (ushort)2000,
            DestinationPort = source == 1 ? (ushort)2000 : port,
            Payload = payload,
        }.Build();
    }

    private static void AssertIs(AnalysisResult result, List<long> latencies, int lost)
    {
        latencies.Sort();
        Assert.Equal(latencies.Count, result.Counters.Matched);
        Assert.Equal(lost, result.Counters.Lost + result.Counters.Undecided);
        Assert.Equal(0, result.Counters.Negative);
        Assert.Equal(0, result.Counters.UnmatchedAfter);
        Assert.Equal(latencies[0], result.LatencyNs!.Min);
        Assert.Equal(latencies[^1], result.LatencyNs.Max);
        Assert.Equal(latencies[(int)Math.Ceiling(latencies.Count * 0.99) - 1], result.LatencyNs.Percentiles.Single(p => p.Percentile == 99).Value);
    }

    private AnalysisResult Analyze(long afterAheadNs, AnalysisOptions options)
    {
        var before = Write("before", _before, 0);
        var after = Write("after", _after, afterAheadNs);
        using var pair = CapturePair.Open(before, after, new CaptureOptions());
        return pair.Analyze(options with { Percentiles = Percentile.Usual }, "test");
    }

    private string Write(string name, List<(long TimeNs, byte[] Frame)> packets, long aheadNs)
    {
        var path = Path.Combine(_folder.FullName, name);
        using var writer = new PcapWriter(File.Create(path), 65_535);
        foreach (var (timeNs, frame) in packets.OrderBy(packet => packet.TimeNs))
        {
            writer.Write(timeNs + aheadNs, frame, frame.Length);
        }

        return path;
    }
}
