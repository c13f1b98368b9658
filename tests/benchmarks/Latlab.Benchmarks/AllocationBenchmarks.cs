using BenchmarkDotNet.Attributes;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Synthesis;

namespace Latlab.Benchmarks;

/// <summary>
/// What is allocated to read and to analyse captures of different lengths, by BenchmarkDotNet's memory column: the same for each length, so
/// nothing for a packet. The window is 5 ms, so that the shorter capture fills it, too.
/// </summary>
[InProcess]
[MemoryDiagnoser]
[WarmupCount(1)]
[IterationCount(3)]
public class AllocationBenchmarks
{
    private DirectoryInfo _folder = null!;

    [Params(500_000, 4_000_000)]
    public int Packets { get; set; }

    [Params("in order", "reordered", "losses and copies")]
    public string Traffic { get; set; } = "";

    [GlobalSetup]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("latlab-benchmarks-");
        var options = new SynthesisOptions { Packets = Packets, Rate = 14_880_952, DrainNs = 60 };
        options = Traffic switch
        {
            "reordered" => options with { Reorder = 1, ReorderNs = 2_000 },
            "losses and copies" => options with { Loss = 0.01, DuplicatesAfter = 0.01 },
            _ => options,
        };
        using var before = new PcapWriter(File.Create(Before), options.SnapLength);
        using var after = new PcapWriter(File.Create(After), options.SnapLength);
        SyntheticPair.Write(options, before, after);
    }

    [GlobalCleanup]
    public void Delete() => _folder.Delete(recursive: true);

    [Benchmark]
    public long ReadAndKey()
    {
        using var source = new KeyedSource(CaptureFile.Open(Before, new CaptureOptions()), new PacketKeyer(IdentityRule.Parse("l3"), new FlowTable()));
        var records = new PacketRecord[FrameBatch.Capacity];
        var packets = 0L;
        for (var count = source.Read(records); count > 0; count = source.Read(records))
        {
            packets += count;
        }

        return packets;
    }

    [Benchmark]
    public long Analyze()
    {
        using var pair = CapturePair.Open(Before, After, new CaptureOptions());
        return pair.Analyze(new AnalysisOptions { Match = new MatchOptions(5_000_000) }, "benchmark").Counters.Matched;
    }

    private string Before => Path.Combine(_folder.FullName, "before");

    private string After => Path.Combine(_folder.FullName, "after");
}
