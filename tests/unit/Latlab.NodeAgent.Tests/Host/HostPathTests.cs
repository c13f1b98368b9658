using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Host;

public sealed class HostPathTests
{
    [Theory]
    [InlineData("/etc/../../../../etc/passwd", "/etc/passwd")]
    [InlineData("/../../x", "/x")]
    [InlineData("/a//./b", "/a/b")]
    public void Dots_do_not_lead_out_of_the_root(string path, string expected)
    {
        using var tree = new FakeTree();
        Assert.Equal(tree.Root + expected, HostPath.Resolve(tree.Root, path));
    }

    [Theory]
    [InlineData("/etc/passwd", "/etc/passwd")]
    [InlineData("../../../../../../etc/passwd", "/etc/passwd")]
    [InlineData("other", "/sys/other")]
    public void Links_are_followed_as_the_host_would_and_not_out_of_the_root(string target, string expected)
    {
        using var tree = new FakeTree().Link("/sys/link", target);
        Assert.Equal(tree.Root + expected, HostPath.Resolve(tree.Root, "/sys/link"));
    }

    [Fact]
    public void A_link_in_the_middle_of_a_path_is_followed()
    {
        using var tree = new FakeTree().Link("/sys/class", "/sys/devices").File("/sys/devices/x/value", "7");
        Assert.Equal("7", tree.Host.Read("/sys/class/x/value").Text);
    }

    [Fact]
    public void Links_in_a_circle_are_an_error()
    {
        using var tree = new FakeTree().Link("/a", "/b").Link("/b", "/a");
        Assert.Throws<IOException>(() => HostPath.Resolve(tree.Root, "/a"));
        Assert.Contains("symbolic links", tree.Host.Read("/a").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sysctl_behind_a_link_out_of_the_tree_does_not_touch_the_machine()
    {
        using var outside = new FakeTree().File("/secret", "kept");
        using var tree = new FakeTree().Link("/proc/sys/vm/stat_interval", outside.Root + "/secret");
        Assert.NotNull(tree.Host.WriteAttribute("/proc/sys/vm/stat_interval", "10"));
        Assert.Equal("kept", outside.Text("/secret"));
    }
}
