using Latlab.Measurement.Results;
using Latlab.Reports.Plots;
using Latlab.Reports.Tests.Html;

namespace Latlab.Reports.Tests.Plots;

public sealed class FigureFilesTests
{
    [Theory]
    [InlineData(FigureFormat.Svg)]
    [InlineData(FigureFormat.Png)]
    public void Probe(FigureFormat format)
    {
        FigureFiles.Write("/tmp/rpt/one", [SampleResults.VirtualMachine], format);
        FigureFiles.Write("/tmp/rpt/two", [SampleResults.VirtualMachine, SampleResults.BareMetal, SampleResults.Imported], format);
        using var s = File.Create("/tmp/rpt/vm.json"); AnalysisResultFile.Write(s, SampleResults.VirtualMachine);
        using var s1 = File.Create("/tmp/rpt/bm.json"); AnalysisResultFile.Write(s1, SampleResults.BareMetal);
        using var s2 = File.Create("/tmp/rpt/imp.json"); AnalysisResultFile.Write(s2, SampleResults.Imported);
    }
}
