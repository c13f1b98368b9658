using Latlab.Cli.Commands;

namespace Latlab.Cli.Tests.Commands;

public sealed class IdentityChoiceTests
{
    [Theory]
    [InlineData("auto", null)]
    [InlineData("AUTO", null)]
    [InlineData("L3", "l3")]
    [InlineData("l3,depth=40", "l3,depth=40")]
    public void A_rule_or_auto_is_read_in_any_case(string text, string? rule)
    {
        var choice = IdentityChoice.Parse(text, out _);
        Assert.NotNull(choice);
        Assert.Equal(rule, choice.Rule?.ToString());
    }

    [Theory]
    [InlineData("auto,depth=40", "auto takes no options")]
    [InlineData("l5", "no preset")]
    public void What_is_none_is_said_to_be(string text, string error)
    {
        Assert.Null(IdentityChoice.Parse(text, out var said));
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("convert", "x.pcap", "--identity", "auto", "-o", "x.lat")]
    [InlineData("analyze", "before.pcap", "after.pcap", "--identity", "auto")]
    [InlineData("capture", "a", "b", "--identity", "auto")]
    public void Auto_has_a_value_in_every_command(params string[] arguments)
    {
        var command = arguments[0] switch
        {
            "convert" => ConvertCommand.Create(),
            "analyze" => AnalyzeCommand.Create(),
            _ => CaptureCommand.Create(),
        };
        var parsed = command.Parse(arguments[1..]);
        Assert.Empty(parsed.Errors);
        Assert.Null(parsed.GetValue<IdentityChoice>("--identity")!.Rule);
    }
}
