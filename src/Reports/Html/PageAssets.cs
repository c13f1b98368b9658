using System.Security.Cryptography;
using System.Text;

namespace Latlab.Reports.Html;

/// <summary>Scripts and styles, which are built in.</summary>
internal static class PageAssets
{
    /// <summary>uPlot, then ours.</summary>
    public static IReadOnlyList<string> Scripts { get; } = [$"{Notice("uPlot.LICENSE.txt")}{Read("uPlot.iife.min.js")}", Read("ticks.js"), Read("drawing.js"), Read("report.js")];

    /// <summary>uPlot's, then ours.</summary>
    public static IReadOnlyList<string> Styles { get; } = [Read("uPlot.min.css"), Read("report.css")];

    /// <summary>
    /// What the page may do: run and look as these scripts and styles say, and show images that are in it. It may load nothing, and a
    /// script that somebody got into a name would not run.
    /// </summary>
    public static string SecurityPolicy { get; } =
        $"default-src 'none'; img-src data:; script-src {Hashes(Scripts)}; style-src {Hashes(Styles)}; base-uri 'none'; form-action 'none'";

    private static string Hashes(IReadOnlyList<string> contents) => string.Join(
        ' ', contents.Select(content => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'"));

    private static string Notice(string name) => $"/*! {Read(name).Trim()} */\n";

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not built in");
        using var reader = new StreamReader(stream);
        // Browsers hash with plain line ends.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
