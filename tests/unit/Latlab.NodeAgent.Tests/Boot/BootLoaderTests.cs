using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Tests.Fakes;
using Latlab.NodeAgent.Tests.Kubelet;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>Which boot loader a host has, and those whose command line a tool or a file of its own keeps.</summary>
public sealed class BootLoaderTests
{
    private const string Guid = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

    [Fact]
    public void Each_is_known_by_what_belongs_to_it()
    {
        Assert.Equal(Bootloader.Grub, Found(GrubHost.Tree()));
        // GRUB's own generator, and somebody had it read our folder.
        Assert.Equal(Bootloader.Grub, Found(GrubHost.Tree().File("/usr/sbin/grub-mkconfig", "").File("/etc/default/grub", "for f in /etc/default/grub.d/*.cfg; do . $f; done")));
        Assert.Equal(Bootloader.RpmOstree, Found(Host().File("/run/ostree-booted", "")));
        Assert.Equal(Bootloader.GrubEntries, Found(EntryTree.Fedora()));
        Assert.Null(Found(EntryTree.Fedora().File("/boot/grub2/grub.cfg", "menuentry 'Fedora' {}")));
        Assert.Equal(Bootloader.GrubEntries, Found(EntryTree.Fedora().File("/boot/grub2/grub.cfg", "").File("/boot/efi/EFI/redhat/grub.cfg", "blscfg")));
        Assert.Equal(Bootloader.SystemdBoot, Found(EntryTree.SystemdBoot()));
        // Changed over: GRUB's files are still there.
        Assert.Equal(Bootloader.SystemdBoot, Found(EntryTree.WithSystemdBoot(GrubHost.Tree())));
    }

    [Theory]
    [InlineData("/etc/os-release", "ID=talos", "Image Factory schematic")]
    [InlineData("/etc/os-release", "ID=\"flatcar\"", "Ignition")]
    [InlineData("/etc/os-release", "ID=bottlerocket", "boot.kernel-parameters")]
    [InlineData("/etc/os-release", "ID=cos", "node pool")]
    [InlineData("/.dockerenv", "", "itself a container")]
    [InlineData("/kind/version", "v1", "itself a container")]
    [InlineData("/usr/sbin/grub-mkconfig", ". ${sysconfdir}/default/grub", "that of Arch and Gentoo does not")]
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
        Assert.Null(BootLoaders.Find(grub.Host, Bootloader.GrubEntries, out reason));
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
    public void Rpm_ostree_is_told_what_leaves_and_what_comes()
    {
        using var tree = Host().File("/run/ostree-booted", "");
        var tool = new LineTool(tree.Host, "ro quiet");
        Assert.True(tree.Tuner(tool).Apply(Spec()).RebootPending);
        Assert.Equal("ro quiet skew_tick=1 audit=0", tool.Line);
        Assert.Empty(tree.Tuner(tool).Plan(Spec(), out _));
        Assert.True(tree.Tuner(tool).Restore().IsWhole);
        Assert.Equal("ro quiet", tool.Line);
        Assert.Contains("rpm-ostree kargs --delete-if-present=skew_tick=1 --delete-if-present=audit=0", tool.Commands);
    }

    [Fact]
    public void Two_pools_of_the_same_number_go_as_they_came()
    {
        using var tree = Host().File("/run/ostree-booted", "");
        var tool = new LineTool(tree.Host, "ro quiet");
        tree.Tuner(tool).Apply(Spec("hugepagesz=1G hugepages=2", "hugepagesz=2M hugepages=2"));
        Assert.Equal("ro quiet hugepagesz=1G hugepages=2 hugepagesz=2M hugepages=2", tool.Line);
        Assert.True(tree.Tuner(tool).Restore().IsWhole);
        Assert.Equal("ro quiet", tool.Line);
    }

    [Fact]
    public void Killed_at_any_step_no_word_of_ours_stays_behind_in_a_tools_line() => Deaths.OfBoot(
        () => Host().File("/run/ostree-booted", "") is var tree ? (tree, new LineTool(tree.Host, "ro")) : default,
        (_, host) => ((LineTool)host).Line);

    [Fact]
    public void A_tool_that_is_busy_is_asked_again_later_and_no_reboot_meanwhile()
    {
        using var tree = Host().File("/run/ostree-booted", "");
        var tool = new LineTool(tree.Host, "ro quiet") { Busy = true };
        var outcome = tree.Tuner(tool).Apply(Spec());
        var entry = Assert.Single(outcome.Ledger, entry => entry.Knob == "boot");
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("Transaction in progress", entry.Message!, StringComparison.Ordinal);
        Assert.False(outcome.RebootPending);
        tool.Busy = false;
        Assert.True(tree.Tuner(tool).Apply(Spec()).RebootPending);
        Assert.Equal("ro quiet skew_tick=1 audit=0", tool.Line);
        tool.Busy = true;
        Assert.False(tree.Tuner(tool).Restore().IsWhole);
        tool.Busy = false;
        Assert.True(tree.Tuner(tool).Restore().IsWhole);
        Assert.Equal("ro quiet", tool.Line);
    }

    [Theory]
    [InlineData("cloud.google.com/gke-nodepool=low", "GKE")]
    [InlineData("a=b,eks.amazonaws.com/nodegroup=low", "EKS")]
    [InlineData("agentpool=x,kubernetes.azure.com/agentpool=low", "AKS")]
    public void Before_a_reboot_of_a_node_that_a_provider_replaces_that_is_said(string labels, string provider)
    {
        using var tree = GrubHost.Tree().WithKubelet(null, $"--node-labels={labels}");
        var entry = Assert.Single(tree.Tuner(new GrubHost(tree)).Apply(OnGrub).Ledger, entry => entry.Knob == "boot");
        Assert.Equal(KnobState.RebootRequired, entry.State);
        Assert.Contains($"of a pool that {provider} manages", entry.Message!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cloud.google.com/gke-nodepool=low", "GKE")]
    [InlineData("a=b,eks.amazonaws.com/nodegroup=low", "EKS")]
    [InlineData("agentpool=x,kubernetes.azure.com/agentpool=low", "AKS")]
    public void A_node_that_a_provider_replaces_is_not_written_to_unless_its_boot_loader_is_named(string labels, string provider)
    {
        using var tree = GrubHost.Tree().WithKubelet(null, $"--node-labels={labels}");
        var host = new GrubHost(tree);
        var before = tree.Snapshot();
        var outcome = tree.Tuner(host).Apply(Spec());
        var entry = Assert.Single(outcome.Ledger, entry => entry.Knob == "boot");
        Assert.Equal((KnobState.Unsupported, false), (entry.State, outcome.RebootPending));
        Assert.Contains($"of a pool that {provider} manages", entry.Message, StringComparison.Ordinal);
        Assert.Contains("boot.bootloader: External", entry.Message, StringComparison.Ordinal);
        Assert.Empty(host.Commands);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void A_node_of_a_pool_that_was_written_to_once_is_put_back_by_whatever_choice()
    {
        using var tree = GrubHost.Tree().WithKubelet(null, "--node-labels=eks.amazonaws.com/nodegroup=low");
        Assert.True(tree.Tuner(new GrubHost(tree)).Apply(OnGrub).RebootPending);
        Assert.True(tree.Tuner(new GrubHost(tree)).Apply(Spec()).RebootPending);
        var outcome = tree.Tuner(new GrubHost(tree)).Restore();
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.False(File.Exists(tree.Root + "/etc/default/grub.d/99_latlab.cfg"));
    }

    [Theory]
    // Nodes that somebody makes by himself at the same providers, and labels that only look like theirs.
    [InlineData("eks.amazonaws.com/capacityType=ON_DEMAND,alpha.eksctl.io/nodegroup-name=low")]
    [InlineData("node.kubernetes.io/instance-type=m5.metal,agentpool=low")]
    [InlineData("example.com/eks.amazonaws.com/nodegroup=low")]
    [InlineData("")]
    public void A_node_of_ones_own_at_a_provider_is_written_to(string labels)
    {
        using var tree = GrubHost.Tree().WithKubelet(null, $"--node-labels={labels}");
        Assert.Equal(Bootloader.Grub, BootLoaders.Find(tree.Host, Bootloader.Auto, out _)?.Kind);
    }

    private static FakeTree Host() => FakeTree.Usual().File("/etc/os-release", "ID=fedora");

    private static Bootloader? Found(FakeTree tree)
    {
        using (tree)
        {
            return BootLoaders.Find(tree.Host, Bootloader.Auto, out _)?.Kind;
        }
    }

    private static NodeTuningSpec OnGrub => Spec() with { Boot = new() { Bootloader = Bootloader.Grub } };

    private static NodeTuningSpec Spec(params string[] arguments) =>
        new() { Boot = new(), Kernel = new() { Arguments = arguments.Length > 0 ? arguments : ["skew_tick=1", "audit=0"] } };

    /// <summary>
    /// rpm-ostree by its manual page: a line that words are taken out of, one for each time that it is said, and appended to.
    /// </summary>
    private sealed class LineTool(IHost inner, string line) : WrappedHost(inner)
    {
        public string Line { get; private set; } = line;

        public List<string> Commands { get; } = [];

        /// <summary>Whether its daemon is at another change.</summary>
        public bool Busy { get; set; }

        public override CommandOutcome RunOnHost(string tool, IReadOnlyList<string> arguments, TimeSpan limit)
        {
            Assert.Equal("rpm-ostree", tool);
            if (arguments is ["kargs"])
            {
                return new(0, Line + "\n", "");
            }

            if (Busy)
            {
                return new(1, "", "error: Transaction in progress: upgrade");
            }

            Commands.Add($"{tool} {string.Join(' ', arguments)}");
            var words = Line.Split(' ').ToList();
            foreach (var argument in arguments.Skip(1).Select(argument => argument.Split('=', 2)))
            {
                if (argument[0] == "--append")
                {
                    words.Add(argument[1]);
                }
                else
                {
                    words.Remove(argument[1]);
                }
            }

            Line = string.Join(' ', words);
            return new(0, "", "");
        }
    }
}
