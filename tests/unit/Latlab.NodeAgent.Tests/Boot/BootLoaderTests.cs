using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>Which boot loader a host has, and those whose command line a tool or a file of its own keeps.</summary>
public sealed class BootLoaderTests
{
    private const string Guid = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

    [Fact]
    public void Each_is_known_by_what_belongs_to_it()
    {
        Assert.Equal("grub", Found(GrubHost.Tree()));
        Assert.Equal("rpm-ostree", Found(Host().File("/run/ostree-booted", "")));
        Assert.Equal("grubby", Found(Host().File("/usr/sbin/grubby", "").File("/boot/loader/entries/a.conf", "")));
        Assert.Equal("systemd-boot", Found(Host().File($"/sys/firmware/efi/efivars/LoaderInfo-{Guid}", Utf16("systemd-boot 252")).File("/etc/kernel/cmdline", "ro")));
        // Changed over: GRUB's files are still there.
        Assert.Equal("systemd-boot", Found(
            GrubHost.Tree().File($"/sys/firmware/efi/efivars/LoaderInfo-{Guid}", Utf16("systemd-boot 252")).File("/etc/kernel/cmdline", "ro")));
    }

    [Theory]
    [InlineData("/etc/os-release", "ID=talos", "Image Factory schematic")]
    [InlineData("/etc/os-release", "ID=\"flatcar\"", "Ignition")]
    [InlineData("/etc/os-release", "ID=bottlerocket", "boot.kernel-parameters")]
    [InlineData("/etc/os-release", "ID=cos", "node pool")]
    [InlineData("/.dockerenv", "", "itself a container")]
    [InlineData("/kind/version", "v1", "itself a container")]
    [InlineData("/etc/machine-config-daemon/currentconfig", "", "MachineConfig")]
    [InlineData($"/sys/firmware/efi/efivars/StubInfo-{Guid}", "systemd-stub", "unified image")]
    public void Where_nothing_can_be_written_the_reason_says_what_to_do(string file, string text, string said)
    {
        using var tree = GrubHost.Tree().File(file, text);
        Assert.Null(BootLoaders.Find(tree.Host, Bootloader.Auto, out var reason));
        Assert.Contains(said, reason, StringComparison.Ordinal);
        var host = new GrubHost(tree);
        var entry = Assert.Single(tree.Tuner(host).Apply(Spec()).Ledger, entry => entry.Knob == "boot");
        Assert.Equal((KnobState.Unsupported, reason), (entry.State, entry.Message));
        Assert.Empty(host.Commands);
    }

    [Fact]
    public void One_that_is_not_known_is_never_written_to()
    {
        using var tree = Host();
        Assert.Null(BootLoaders.Find(tree.Host, Bootloader.Auto, out var reason));
        Assert.StartsWith("no boot loader that latlab knows", reason, StringComparison.Ordinal);
        Assert.Null(BootLoaders.Find(tree.Host, Bootloader.Grub, out reason));
        Assert.Contains("not all on this node", reason, StringComparison.Ordinal);
        using var grub = GrubHost.Tree();
        Assert.Null(BootLoaders.Find(grub.Host, Bootloader.Grubby, out reason));
        Assert.Contains("boots by Grub", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_sees_nothing_of_the_host_says_how_to_let_it()
    {
        using var tree = new FakeTree();
        Assert.Null(BootLoaders.Find(tree.Host, Bootloader.Auto, out var reason));
        Assert.Contains("boot.enabled=true", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_field_or_with_an_external_loader_nothing_is_looked_at()
    {
        using var tree = GrubHost.Tree();
        foreach (var boot in new[] { null, new BootTuning { Bootloader = Bootloader.External } })
        {
            var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec("skew_tick=1") with { Boot = boot });
            Assert.Equal("kernel.arguments[skew_tick]", Assert.Single(outcome.Ledger).Knob);
            Assert.False(outcome.RebootPending);
        }
    }

    [Fact]
    public void Grubby_is_told_what_leaves_and_what_comes_for_every_kernel_but_the_rescue_one()
    {
        using var tree = Host().File("/usr/sbin/grubby", "").File("/boot/loader/entries/a.conf", "");
        var tool = new LineTool(tree.Host, "grubby", ["ro quiet", "ro"], rescue: "ro rescue");
        RoundTrip(tree, tool);
        Assert.Contains("grubby --update-kernel=ALL --args=skew_tick=1 audit=0", tool.Commands);
        Assert.Contains("grubby --update-kernel=ALL --remove-args=skew_tick=1 audit=0", tool.Commands);
    }

    [Fact]
    public void Rpm_ostree_is_told_what_leaves_and_what_comes()
    {
        using var tree = Host().File("/run/ostree-booted", "");
        var tool = new LineTool(tree.Host, "rpm-ostree", ["ro quiet"]);
        RoundTrip(tree, tool);
        Assert.Contains("rpm-ostree kargs --delete-if-present=skew_tick=1 --delete-if-present=audit=0", tool.Commands);
    }

    [Fact]
    public void Systemd_boot_changes_the_running_kernels_entry_and_that_of_kernels_to_come()
    {
        using var tree = Host()
            .File($"/sys/firmware/efi/efivars/LoaderInfo-{Guid}", Utf16("systemd-boot 252"))
            .File("/etc/kernel/cmdline", "ro quiet")
            .File("/boot/loader/entries/new.conf", "title Debian\nversion 6.1.0-test\noptions ro quiet\nlinux /linux")
            .File("/boot/loader/entries/old.conf", "title Debian\nversion 6.0.0\noptions ro quiet\nlinux /linux");
        var host = tree.Host;
        Assert.True(tree.Tuner(host).Apply(Spec()).RebootPending);
        Assert.Equal("ro quiet skew_tick=1 audit=0", tree.Text("/etc/kernel/cmdline"));
        Assert.Equal("title Debian\nversion 6.1.0-test\nlinux /linux\noptions ro quiet skew_tick=1 audit=0", tree.Text("/boot/loader/entries/new.conf"));
        Assert.DoesNotContain("skew_tick", tree.Text("/boot/loader/entries/old.conf"), StringComparison.Ordinal);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal("ro quiet", tree.Text("/etc/kernel/cmdline"));
        Assert.DoesNotContain("skew_tick", tree.Text("/boot/loader/entries/new.conf"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Killed_while_a_tools_line_is_changed_no_word_of_ours_stays_behind(int deadly)
    {
        using var tree = Host().File("/run/ostree-booted", "");
        var tool = new LineTool(tree.Host, "rpm-ostree", ["ro"]);
        tree.Tuner(tool).Apply(Spec("skew_tick=1"));
        Assert.Throws<KilledException>(() => tree.Tuner(new DeadlyHost(tool, deadly, afterwards: true)).Apply(Spec("audit=0")));
        tree.Tuner(tool).Apply(Spec("audit=0"));
        Assert.Equal("ro audit=0", tool.Lines[0]);
        Assert.True(tree.Tuner(tool).Restore().IsWhole);
        Assert.Equal("ro", tool.Lines[0]);
    }

    private static void RoundTrip(FakeTree tree, LineTool tool)
    {
        var before = tool.Lines.ToList();
        Assert.True(tree.Tuner(tool).Apply(Spec()).RebootPending);
        Assert.All(tool.Lines, line => Assert.EndsWith("skew_tick=1 audit=0", line, StringComparison.Ordinal));
        Assert.Empty(tree.Tuner(tool).Plan(Spec(), out _));
        Assert.True(tree.Tuner(tool).Restore().IsWhole);
        Assert.Equal(before, tool.Lines);
    }

    private static FakeTree Host() => FakeTree.Usual().File("/etc/os-release", "ID=fedora");

    private static string? Found(FakeTree tree)
    {
        using (tree)
        {
            return BootLoaders.Find(tree.Host, Bootloader.Auto, out _)?.Name;
        }
    }

    private static string Utf16(string text) => string.Concat(text.Select(c => $"{c}\0"));

    private static NodeTuningSpec Spec(params string[] arguments) =>
        new() { Boot = new(), Kernel = new() { Arguments = arguments.Length > 0 ? arguments : ["skew_tick=1", "audit=0"] } };

    /// <summary>grubby or rpm-ostree, by their manual pages: lines that words are taken out of and appended to.</summary>
    private sealed class LineTool(IHost inner, string program, List<string> lines, string? rescue = null) : WrappedHost(inner)
    {
        public List<string> Lines { get; } = lines;

        public List<string> Commands { get; } = [];

        public override CommandOutcome RunOnHost(string tool, IReadOnlyList<string> arguments, TimeSpan limit)
        {
            Assert.Equal(program, tool);
            if (arguments is ["kargs"])
            {
                return new(0, Lines[0] + "\n", "");
            }

            if (arguments is ["--info=ALL"])
            {
                var entries = Lines.Select((line, i) => $"index={i}\nkernel=\"/boot/vmlinuz-{i}\"\nargs=\"{line}\"\n");
                return new(0, string.Concat(entries) + (rescue is null ? "" : $"index=9\nkernel=\"/boot/vmlinuz-0-rescue-1\"\nargs=\"{rescue}\"\n"), "");
            }

            Commands.Add($"{tool} {string.Join(' ', arguments)}");
            foreach (var argument in arguments)
            {
                var (gone, come) = argument.Split('=', 2) switch
                {
                    ["--remove-args" or "--delete-if-present", var words] => (words.Split(' '), Array.Empty<string>()),
                    ["--args" or "--append", var words] => ([], words.Split(' ')),
                    _ => ([], Array.Empty<string>()),
                };
                for (var i = 0; i < Lines.Count; i++)
                {
                    Lines[i] = string.Join(' ', Lines[i].Split(' ').Except(gone).Concat(come));
                }
            }

            return new(0, "", "");
        }
    }
}
