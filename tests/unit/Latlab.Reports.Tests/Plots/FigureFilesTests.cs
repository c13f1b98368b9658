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

    /// <summary>A path that nothing keeps alive while Skia reads it is freed by the finaliser, which ends the process.</summary>
    [Fact]
    public async Task What_is_drawn_lives_until_it_is_drawn_whenever_garbage_is_collected()
    {
        var points = Enumerable.Range(1, 400).ToList();
        double?[] middle = [.. points.Select(point => (double?)point)];
        FigureSeries Series(SeriesShape shape) => new(0, "s", shape, [.. points.Select(point => (double)point)], middle)
        {
            Low = [.. middle.Select(value => value - 0.5)],
            High = [.. middle.Select(value => value + 0.5)],
        };
        var axis = new FigureAxis("x", AxisScale.Linear);
        var figure = new Figure("f", "t", "c", axis, axis, [Series(SeriesShape.Bars), Series(SeriesShape.Marks), Series(SeriesShape.Points), Series(SeriesShape.Line)]);
        using var drawn = new CancellationTokenSource();
        var collecting = Task.Run(
            () =>
            {
                // Without a pause nothing else of the process would get anywhere.
                while (!drawn.IsCancellationRequested)
                {
                    GC.Collect(0);
                    Thread.Sleep(1);
                }
            },
            TestContext.Current.CancellationToken);
        var time = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            Assert.NotEmpty(FigureRenderer.Svg(figure, FigureRenderer.Page));
        }
        while (time.Elapsed < TimeSpan.FromSeconds(10));

        await drawn.CancelAsync();
        await collecting;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
