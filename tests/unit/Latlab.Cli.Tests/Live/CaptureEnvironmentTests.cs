using Latlab.Cli.Live;

namespace Latlab.Cli.Tests.Live;

public sealed class CaptureEnvironmentTests
{
    private static readonly Dictionary<string, string> Said = new() { ["kernel"] = "6.1" };

    [Fact]
    public void The_driver_of_both_devices_is_the_nic_beside_what_the_user_says() =>
        Assert.Equal(new Dictionary<string, string>(Said) { ["nic"] = "ice" }, CaptureEnvironment.Of(Said, ["ice", "ice"]));

    [Theory]
    [InlineData("ice", "ixgbe")]
    [InlineData("ice", null)]
    [InlineData(null, null)]
    public void Without_one_driver_of_both_nothing_is_said_of_the_nic(string? one, string? other) => Assert.Same(Said, CaptureEnvironment.Of(Said, [one, other]));

    [Fact]
    public void What_the_user_says_of_the_nic_holds_in_any_case()
    {
        var said = new Dictionary<string, string> { ["NIC"] = "E810" };
        Assert.Same(said, CaptureEnvironment.Of(said, ["ice", "ice"]));
    }
}
