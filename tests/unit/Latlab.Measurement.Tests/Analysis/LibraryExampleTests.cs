using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>The example of docs/how-to/use-the-library.md.</summary>
public sealed class LibraryExampleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-library-");

    [Fact]
    public void Two_files_become_a_result()
    {
        var (before, after) = (Path.Combine(_folder.FullName, "before.pcap"), Path.Combine(_folder.FullName, "after.pcap"));
        using (var beforeFile = new PcapWriter(File.Create(before), 256))
        using (var afterFile = new PcapWriter(File.Create(after), 256))
        {
            SyntheticPair.Write(new SynthesisOptions { Packets = 1_000 }, beforeFile, afterFile);
        }

        using var pair = CapturePair.Open(before, after, new CaptureOptions());
        var result = pair.Analyze(new AnalysisOptions(), "my program");
        Assert.Equal((ClockVerdict.Trustworthy, 1_000, 0), (result.Clock!.Verdict, result.Counters.Matched, result.Counters.Lost));
        using var file = File.Create(Path.Combine(_folder.FullName, "result.json"));
        AnalysisResultFile.Write(file, result);
        Assert.True(file.Length > 0);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
