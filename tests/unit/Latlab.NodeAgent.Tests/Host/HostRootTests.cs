using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Host;

public sealed class HostRootTests
{
    [Fact]
    public void A_missing_file_is_told_from_an_unreadable_one()
    {
        using var tree = new FakeTree().File("/sys/dir/file", "x");
        Assert.True(tree.Host.Read("/sys/none").IsMissing);
        Assert.True(tree.Host.Read("/sys/none/either").IsMissing);
        Assert.NotNull(tree.Host.Read("/sys/dir").Problem);
    }

    [Fact]
    public void An_attribute_is_never_created()
    {
        using var tree = new FakeTree();
        Assert.NotNull(tree.Host.WriteAttribute("/proc/sys/vm/none", "1"));
        Assert.True(tree.Host.Read("/proc/sys/vm/none").IsMissing);
    }

    [Fact]
    public void A_refusal_is_the_systems_word_without_the_path_below_the_root()
    {
        Assert.Equal("No such file or directory", new HostRoot("/").WriteAttribute("/proc/sys/vm/latlab_none", "1"));
        // Mode 0444, which procfs holds root to as well.
        Assert.Equal("Permission denied", new HostRoot("/").WriteAttribute("/proc/sys/kernel/osrelease", "x"));
    }

    [Fact]
    public void A_shorter_value_leaves_nothing_of_the_longer_one()
    {
        using var tree = new FakeTree().Sysctl("vm.x", "1000000");
        Assert.Null(tree.Host.WriteAttribute("/proc/sys/vm/x", "5"));
        Assert.Equal("5", tree.SysctlText("vm.x"));
    }

    [Fact]
    public void A_durable_file_and_its_directory_are_for_the_owner_alone()
    {
        using var tree = new FakeTree();
        Directory.CreateDirectory(tree.Root + "/var/lib/latlab");
        tree.Host.ReplaceDurably("/var/lib/latlab/journal.json", "old");
        tree.Host.ReplaceDurably("/var/lib/latlab/journal.json", "new");
        Assert.Equal("new", tree.Text("/var/lib/latlab/journal.json"));
        Assert.Equal("600", Mode(File.GetUnixFileMode(tree.Root + "/var/lib/latlab/journal.json")));
        Assert.Equal("700", Mode(File.GetUnixFileMode(tree.Root + "/var/lib/latlab")));
        Assert.Single(Directory.GetFiles(tree.Root + "/var/lib/latlab"));
    }

    [Fact]
    public void Only_one_holds_the_lock()
    {
        using var tree = new FakeTree();
        using (var first = tree.Host.TryLock("/var/lib/latlab/lock"))
        {
            Assert.NotNull(first);
            Assert.Null(tree.Host.TryLock("/var/lib/latlab/lock"));
        }

        using var second = tree.Host.TryLock("/var/lib/latlab/lock");
        Assert.NotNull(second);
    }

    [Fact]
    public void Programs_get_their_arguments_unread_by_a_shell()
    {
        var outcome = new HostRoot("/").Run("echo", ["$(id)", "; rm", "a b"]);
        Assert.Equal("$(id) ; rm a b\n", outcome.Output);
        Assert.True(outcome.Succeeded);
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/host", true)]
    [InlineData("/host/", true)]
    [InlineData("/tmp", false)]
    [InlineData("/host/x", false)]
    public void Programs_act_on_this_machine_and_are_run_for_no_other_tree(string root, bool runs) =>
        Assert.Equal(runs, new HostRoot(root).Run("true", []).Succeeded);

    [Fact]
    public void A_program_that_is_not_installed_is_an_outcome()
    {
        var outcome = new HostRoot("/").Run("latlab-no-such-program", []);
        Assert.False(outcome.Succeeded);
        Assert.Contains("install it", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_the_systems_is_for_everybody_to_read_and_keeps_the_mode_that_it_has()
    {
        using var tree = new FakeTree();
        tree.Host.ReplaceSystemFile("/etc/default/grub.d/x.cfg", "old\n");
        Assert.Equal("644", Mode(File.GetUnixFileMode(tree.Root + "/etc/default/grub.d/x.cfg")));
        Assert.Equal("755", Mode(File.GetUnixFileMode(tree.Root + "/etc/default/grub.d")));
        File.SetUnixFileMode(tree.Root + "/etc/default/grub.d/x.cfg", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        tree.Host.ReplaceSystemFile("/etc/default/grub.d/x.cfg", "new\n");
        Assert.Equal(("440", "new"), (Mode(File.GetUnixFileMode(tree.Root + "/etc/default/grub.d/x.cfg")), tree.Text("/etc/default/grub.d/x.cfg")));
    }

    [Fact]
    public void A_rename_takes_the_others_place_and_a_removed_file_may_be_gone_already()
    {
        using var tree = new FakeTree().File("/boot/new", "new").File("/boot/old", "old");
        File.SetUnixFileMode(tree.Root + "/boot/old", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        tree.Host.RenameDurably("/boot/new", "/boot/old");
        Assert.Equal(("new", false), (tree.Text("/boot/old"), tree.Host.Exists("/boot/new")));
        Assert.Equal("440", Mode(File.GetUnixFileMode(tree.Root + "/boot/old")));
        tree.Host.Delete("/boot/old");
        tree.Host.Delete("/boot/old");
        Assert.False(tree.Host.Exists("/boot/old"));
    }

    [Fact]
    public void A_program_of_the_host_is_the_one_below_the_root_and_sees_nothing_else()
    {
        using var tree = new FakeTree();
        var outcome = tree.Host.RunOnHost("true", [], TimeSpan.FromSeconds(10));
        Assert.False(outcome.Succeeded);
        Assert.Contains("No such file or directory", outcome.Error, StringComparison.Ordinal);
        Assert.True(new HostRoot("/").RunOnHost("true", [], TimeSpan.FromSeconds(10)).Succeeded);
    }

    [Fact]
    public void A_program_that_does_not_end_is_ended()
    {
        var outcome = new HostRoot("/").RunOnHost("sleep", ["600"], TimeSpan.FromMilliseconds(100));
        Assert.Equal("no answer within 0.1 s", outcome.Error);
    }

    private static string Mode(UnixFileMode mode) => Convert.ToString((int)mode, 8);

    [Fact]
    public void A_real_path_is_the_hosts_own_and_null_where_nothing_is()
    {
        using var tree = new FakeTree().File("/sys/devices/pci0000:00/x/vendor", "1").Link("/sys/bus/x", "../devices/pci0000:00/x").Link("/loop", "/loop").Link("/gone", "/nowhere");
        Assert.Equal("/sys/devices/pci0000:00/x", tree.Host.RealPath("/sys/bus/x"));
        Assert.Null(tree.Host.RealPath("/gone"));
        Assert.Null(tree.Host.RealPath("/loop"));
        Assert.Equal("/", tree.Host.RealPath("/.."));
    }
}
