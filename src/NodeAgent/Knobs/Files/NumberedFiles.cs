using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>Files of the kernel that differ in one number of their path.</summary>
/// <param name="Pattern">The path with <c>*</c> for the number: <c>/sys/devices/system/cpu/cpu*/power/energy_perf_bias</c>.</param>
internal sealed record NumberedFiles(string Pattern)
{
    public string Of(int number) => Pattern.Replace("*", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Another file beside each of them.</summary>
    public string Beside(int number, string name) => $"{Of(number)[..Of(number).LastIndexOf('/')]}/{name}";

    /// <summary>The numbers that there may be a file of, ascending.</summary>
    public IReadOnlyList<int> Numbers(IHost host)
    {
        var star = Pattern.IndexOf('*', StringComparison.Ordinal);
        var directory = Pattern[..Pattern.LastIndexOf('/', star)];
        var prefix = Pattern[(directory.Length + 1)..star];
        return
        [
            .. host.List(directory)
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
                .Where(number => number is >= 0 and <= NumberedValues.Highest)
                .Order(),
        ];
    }
}
