using Latlab.Cli.Commands;

namespace Latlab.Cli.Tests.Commands;

public sealed class NanosecondsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ns", 500)]
    [InlineData("1us", 1_000)]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("999999999999ns", 999_999_999_999)]
    public void Lengths_are_exact(string text, long expected)
    {
        Assert.True(Nanoseconds.TryParse(text, out var length));
        Assert.Equal(expected, length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ns")]
    [InlineData("-5ns")]
    [InlineData("1.5ns")]
    [InlineData("1us5ns")]
    [InlineData("99999999999999999999ns")]
    [InlineData("5")]
    [InlineData("5 ms")]
    public void What_is_no_length_is_refused(string text) => Assert.False(Nanoseconds.TryParse(text, out _));

    [Theory]
    [InlineData("0ns", "is not a positive length of time")]
    [InlineData("11000000000ns", "is too long")]
    [InlineData("soon", "or one with ns, e.g. 1s")]
    public void Options_say_what_to_write(string text, string message)
    {
        var option = Nanoseconds.Option("--some", "Some time", "1s", TimeSpan.FromSeconds(10));
        var command = new System.CommandLine.RootCommand { option };
        Assert.Contains(message, Assert.Single(command.Parse(["--some", text]).Errors).Message, StringComparison.Ordinal);
        Assert.Equal(1_000_000_000, Nanoseconds.Of(command.Parse([]), option));
    }
}
