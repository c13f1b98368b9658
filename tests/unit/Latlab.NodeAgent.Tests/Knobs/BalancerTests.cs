using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Cpu;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

/// <summary>CPUs banned from irqbalance, by its service's environment.</summary>
public sealed class BalancerTests : IDisposable
{
    private static readonly NodeTuningSpec Spec = new() { Cpu = new() { IrqbalanceBannedCpus = "2,3" } };

    private readonly FakeTree _tree = FakeTree.WithCpus().File("/run/systemd/system/x", "");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void The_running_daemon_gets_the_list_and_loses_it_again()
    {
        var host = new BalancerHost(_tree);
        host.Start();
        var before = _tree.Snapshot();
        var entry = Assert.Single(_tree.Tuner(host).Apply(Spec).Ledger);
        Assert.Equal((KnobState.InEffect, "2-3", "/proc/77/environ"), (entry.State, entry.Effective, entry.Evidence));
        Assert.Equal(["systemctl daemon-reload", "systemctl try-restart irqbalance.service"], host.Commands);
        Assert.Contains("IRQBALANCE_BANNED_CPUS=c", _tree.Text("/proc/77/environ"), StringComparison.Ordinal);
        Assert.Empty(_tree.Tuner(host).Plan(Spec, out _));
        Assert.True(_tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void A_daemon_that_somebody_started_without_it_has_drifted()
    {
        var host = new BalancerHost(_tree);
        host.Start();
        _tree.Tuner(host).Apply(Spec);
        _tree.File("/proc/77/environ", "PATH=/usr/bin\0");
        var outcome = _tree.Tuner(host).Apply(Spec);
        Assert.Equal(1, outcome.Journal.Drifts);
        Assert.True(outcome.IsWhole);
    }

    [Fact]
    public void A_drop_in_whose_journal_is_lost_is_still_ours()
    {
        var host = new BalancerHost(_tree);
        host.Start();
        var before = _tree.Snapshot();
        _tree.Tuner(host).Apply(Spec);
        File.Delete(_tree.Root + "/var/lib/latlab/journal.json");
        // As a daemon has it that was not started anew since.
        _tree.File("/proc/77/environ", "PATH=/usr/bin\0");
        Assert.True(_tree.Tuner(host).Apply(Spec).IsWhole);
        Assert.True(_tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(before, _tree.Snapshot());
    }

    [Theory]
    [InlineData("/etc/sysconfig/irqbalance", "# by CRI-O\nIRQBALANCE_BANNED_CPUS=\"0000000e\"\n", "bans CPUs 1 as well")]
    [InlineData("/etc/default/irqbalance", "IRQBALANCE_BANNED_CPULIST=1-3", "bans CPUs 1 as well")]
    [InlineData("/etc/default/irqbalance", "#IRQBALANCE_BANNED_CPUS=\nIRQBALANCE_BANNED_CPULIST=2", null)]
    public void What_CRIO_bans_beside_it_is_said_and_not_fought(string file, string text, string? said)
    {
        var host = new BalancerHost(_tree);
        host.Start();
        _tree.Tuner(host).Apply(Spec);
        _tree.File(file, text);
        var outcome = _tree.Tuner(host).Apply(Spec);
        Assert.Equal((true, 0), (outcome.IsWhole, outcome.Journal.Drifts));
        Assert.Equal(said is not null, outcome.Ledger[0].Message?.Contains($"{file} {said}", StringComparison.Ordinal) == true);
        Assert.Equal(2, host.Commands.Count);
    }

    [Fact]
    public void One_that_was_taken_off_the_node_is_forgotten_with_its_drop_in()
    {
        var host = new BalancerHost(_tree);
        host.Start();
        _tree.Tuner(host).Apply(Spec);
        Directory.Delete(_tree.Root + "/proc/77", recursive: true);
        host.IsInstalled = false;
        _tree.Tuner(host).Restore();
        Assert.True(_tree.Tuner(host).Restore().IsWhole);
        Assert.False(_tree.Tuner(host).HasHistory());
        Assert.False(_tree.Host.Exists(BalancerKnob.DropIn));
    }

    [Fact]
    public void It_keeps_no_list_whenever_the_agent_is_killed() => Deaths.AtEachStep(
        () => FakeTree.WithCpus().File("/run/systemd/system/x", ""),
        tree =>
        {
            var host = new BalancerHost(tree);
            host.Start();
            return host;
        },
        Spec);

    [Theory]
    [InlineData("daemon-reload")]
    [InlineData("try-restart")]
    public void It_is_not_back_before_the_daemon_was_started_anew(string refused)
    {
        var host = new BalancerHost(_tree);
        host.Start();
        var before = _tree.Snapshot();
        _tree.Tuner(host).Apply(Spec);
        host.Refused = refused;
        var outcome = _tree.Tuner(host).Restore();
        Assert.False(outcome.IsWhole);
        Assert.Contains($"systemctl {refused}", outcome.Ledger[0].Message!, StringComparison.Ordinal);
        Assert.False(_tree.Tuner(host).Restore().IsWhole);
        host.Refused = null;
        Assert.True(_tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Where_it_does_not_run_there_is_nothing_to_ban()
    {
        var entry = Assert.Single(_tree.Tuner(new BalancerHost(_tree)).Apply(Spec).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("use cpu.irqAffinity", entry.Message!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-3", KnobState.Refused)]
    [InlineData("2-9", KnobState.Refused)]
    public void All_CPUs_or_others_than_there_are_cannot_be_banned(string list, KnobState state)
    {
        var host = new BalancerHost(_tree);
        host.Start();
        Assert.Equal(state, Assert.Single(_tree.Tuner(host).Apply(new() { Cpu = new() { IrqbalanceBannedCpus = list } }).Ledger).State);
        Assert.Empty(host.Commands);
    }

    /// <summary>irqbalance with systemd's environment files: the administrator's, and over it that of a drop-in.</summary>
    private sealed class BalancerHost(FakeTree tree) : WrappedHost(tree.Host)
    {
        public List<string> Commands { get; } = [];

        public bool IsInstalled { get; set; } = true;

        /// <summary>What systemctl refuses to do; null for nothing.</summary>
        public string? Refused { get; set; }

        public void Start()
        {
            var variables = "IRQBALANCE_BANNED_CPULIST=1\0";
            if (Read(BalancerKnob.DropIn).Text is { } dropIn)
            {
                Assert.EndsWith($"[Service]\nEnvironmentFile={BalancerKnob.Environment}", dropIn, StringComparison.Ordinal);
                variables = Read(BalancerKnob.Environment).Text!.Replace('\n', '\0') + "\0";
            }

            tree.File("/proc/77/comm", "irqbalance").File("/proc/77/environ", variables);
        }

        public override CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit)
        {
            Commands.Add($"{program} {string.Join(' ', arguments)}");
            if (arguments[0] == Refused || (arguments[0] == "try-restart" && !IsInstalled))
            {
                return new(5, "", "refused");
            }

            if (arguments[0] == "try-restart")
            {
                Start();
            }

            return new(0, "", "");
        }
    }
}
