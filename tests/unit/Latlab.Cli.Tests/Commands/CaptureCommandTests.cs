using Latlab.Cli.Commands;
using Latlab.Cli.Live;
using Latlab.Measurement.Statistics;

namespace Latlab.Cli.Tests.Commands;

public sealed class CaptureCommandTests
{
    [Fact]
    public void Matching_takes_the_options_of_analyze()
    {
        var parsed = CaptureCommand.Create().Parse(
            "eth1 eth2 --clock-offset -37s --percentiles 50,99.9 --worst 3 --interval 200ms --per-flow --flows 7 --name tuned --env kernel=6.1 nic=E810");
        Assert.Empty(parsed.Errors);
        Assert.Equal(-37_000_000_000, parsed.GetValue<long>("--clock-offset"));
        Assert.Equal(["50", "99.9"], parsed.GetValue<IReadOnlyList<Percentile>>("--percentiles")!.Select(percentile => $"{percentile}"));
        Assert.Equal((3, 7, "200ms", "tuned"), (
            parsed.GetValue<int>("--worst"), parsed.GetValue<int>("--flows"), parsed.GetValue<string>("--interval"), parsed.GetValue<string>("--name")));
        Assert.Equal(
            new Dictionary<string, string> { ["kernel"] = "6.1", ["nic"] = "E810" }, parsed.GetValue<IReadOnlyDictionary<string, string>>("--env"));
    }

    [Theory]
    [InlineData("eth1 -o x", LiveFormat.Pcapng)]
    [InlineData("eth1 -o x --format pcap", LiveFormat.Pcap)]
    [InlineData("eth1 -o x --format records", LiveFormat.Records)]
    internal void Files_are_of_the_format_that_can_say_what_was_missed_unless_asked_otherwise(string arguments, LiveFormat format)
    {
        var parsed = CaptureCommand.Create().Parse(arguments);
        Assert.Empty(parsed.Errors);
        Assert.Equal(format, parsed.GetValue<LiveFormat>("--format"));
    }

    /// <summary>Else one would think that they were of use.</summary>
    [Theory]
    [InlineData("--name", "x")]
    [InlineData("--env", "nic=X710")]
    [InlineData("--clock-offset", "37s")]
    [InlineData("--result", "x.json")]
    [InlineData("--window", "1s")]
    public void What_is_about_matching_is_refused_where_files_are_written(string option, string value)
    {
        var error = Assert.Single(CaptureCommand.Create().Parse(["eth1", "eth2", "-o", "x", option, value]).Errors);
        Assert.StartsWith($"{option}: ", error.Message, StringComparison.Ordinal);
    }
}
