using Latlab.Measurement.Results;
using Latlab.Reports.Importing;

namespace Latlab.Reports.Tests.Importing;

/// <summary>
/// The published results of the TUM containers study, where they are at hand: LATLAB_TUM_DATA, or shared/data beside the repository.
/// </summary>
internal static class TumData
{
    private static readonly string? Folder = Find();

    public static readonly string[] Setups =
    [
        "bare-metal/nohz-optimized", "bare-metal/rt-optimized", "bare-metal/vanilla-non-optimized", "container/nohz/optimized", "container/rt/optimized",
        "container/vanilla/non-optimized", "container/vanilla/optimized", "kernel/rt-optimized", "kernel/vanilla-non-optimized", "vm/nohz-optimized",
        "vm/rt-optimized", "vm/vanilla-non-optimized",
    ];

    /// <summary>Skips the test where the data are not at hand.</summary>
    public static void Require() => Assert.SkipWhen(Folder is null, "The published TUM data are not at hand: set LATLAB_TUM_DATA to their folder.");

    public static IReadOnlyList<AnalysisResult> Of(string setup) => TumCsvImporter.Import(Path.Combine(Folder!, setup));

    public static AnalysisResult At(string setup, string rate) => Of(setup).Single(result => result.Name.Contains($"rate{rate}-", StringComparison.Ordinal));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("LATLAB_TUM_DATA") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data", "tum-itc35");
            if (Directory.Exists(data))
            {
                return data;
            }
        }

        return null;
    }
}
