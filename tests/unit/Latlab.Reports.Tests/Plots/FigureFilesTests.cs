using System.Buffers.Binary;
using System.Xml.Linq;
using Latlab.Reports.Plots;
using Latlab.Reports.Tests.Html;

namespace Latlab.Reports.Tests.Plots;

public sealed class FigureFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-figures-");

    [Fact]
    public void Svg_is_well_formed_has_its_size_and_names_what_is_drawn()
    {
        var files = FigureFiles.Write(_folder.FullName, [SampleResults.VirtualMachine, SampleResults.BareMetal], FigureFormat.Svg);
        Assert.Superset(new HashSet<string?>(["histogram.svg", "percentiles.svg", "worst.svg"]), files.Select(Path.GetFileName).ToHashSet());
        foreach (var file in files)
        {
            var svg = XDocument.Load(file).Root!;
            Assert.Equal("svg", svg.Name.LocalName);
            Assert.NotNull(svg.Attribute("width"));
            Assert.Contains(svg.Descendants(), element => element.Name.LocalName == "path");
        }
    }

    [Fact]
    public void Png_has_four_pixels_for_each_of_the_size()
    {
        var file = Path.Combine(_folder.FullName, "plot.png");
        FigureFiles.WritePercentiles(file, [SampleResults.VirtualMachine, SampleResults.BareMetal], FigureFormat.Png);
        var png = File.ReadAllBytes(file);
        Assert.Equal((byte[])[0x89, 0x50, 0x4E, 0x47], png[..4]);
        Assert.Equal((1344, 920), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
    }

    [Fact]
    public void Results_without_percentiles_are_refused_and_leave_no_file()
    {
        var file = Path.Combine(_folder.FullName, "plot.svg");
        var empty = SampleResults.BareMetal with { LatencyNs = null, HistogramNs = null };
        Assert.Throws<InvalidDataException>(() => FigureFiles.WritePercentiles(file, [empty], FigureFormat.Svg));
        Assert.Empty(_folder.GetFiles());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
