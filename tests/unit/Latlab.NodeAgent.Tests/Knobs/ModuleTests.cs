using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class ModuleTests
{
    private static readonly NodeTuningSpec Vfio = new() { Kernel = new() { Modules = ["vfio-pci"] } };

    [Fact]
    public void A_module_is_loaded_and_taken_out_again()
    {
        using var tree = FakeTree.WithCpus();
        var host = new SystemdHost(tree);
        var entry = Assert.Single(tree.Tuner(host).Apply(Vfio).Ledger);
        Assert.Equal((KnobState.InEffect, "kernel.modules[vfio-pci]", "loaded", "/sys/module/vfio_pci"), (entry.State, entry.Knob, entry.Effective, entry.Evidence));
        Assert.Equal(["modprobe -- vfio-pci"], host.Commands);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal("rmmod -- vfio-pci", host.Commands[^1]);
    }

    [Fact]
    public void One_that_was_there_before_stays()
    {
        using var tree = FakeTree.WithCpus().File(SystemdHost.Module("vfio-pci", "initstate"), "live");
        var host = new SystemdHost(tree);
        Assert.True(tree.Tuner(host).Apply(Vfio).IsWhole);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Empty(host.Commands);
    }

    [Fact]
    public void One_that_others_use_stays_until_they_end()
    {
        using var tree = FakeTree.WithCpus();
        var host = new SystemdHost(tree);
        tree.Tuner(host).Apply(Vfio);
        tree.File(SystemdHost.Module("vfio-pci", "refcnt"), "2");
        var entry = Assert.Single(tree.Tuner(host).Restore().Ledger);
        Assert.Contains("2 others use vfio-pci", entry.Message, StringComparison.Ordinal);
        tree.File(SystemdHost.Module("vfio-pci", "refcnt"), "0");
        Assert.True(tree.Tuner(host).Restore().IsWhole);
    }

    [Fact]
    public void One_that_is_built_in_is_there_and_is_said_to_be()
    {
        using var tree = FakeTree.WithCpus().File(SystemdHost.Module("vfio-pci", "parameters/x"), "1");
        var entry = Assert.Single(tree.Tuner(new SystemdHost(tree)).Apply(Vfio).Ledger);
        Assert.Equal((KnobState.InEffect, "it is built into this kernel"), (entry.State, entry.Message));
    }

    [Fact]
    public void One_that_is_built_in_without_parameters_is_found_in_modprobes_list()
    {
        using var tree = FakeTree.WithCpus().File(
            "/lib/modules/6.1.0-test/modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/drivers/vfio/pci/vfio-pci.ko\nkernel/lib/zlib.ko");
        var host = new SystemdHost(tree);
        var entry = Assert.Single(tree.Tuner(host).Apply(Vfio).Ledger);
        Assert.Equal((KnobState.InEffect, "it is built into this kernel"), (entry.State, entry.Message));
        Assert.Empty(host.Commands);
    }

    [Fact]
    public void One_that_cannot_be_loaded_fails_with_modprobes_word()
    {
        using var tree = FakeTree.WithCpus();
        var entry = Assert.Single(tree.Tuner(new SystemdHost(tree) { Refusal = "FATAL: Module vfio-pci not found." }).Apply(Vfio).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("modprobe -- vfio-pci: FATAL: Module vfio-pci not found.", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_somebody_took_out_is_drift()
    {
        using var tree = FakeTree.WithCpus();
        tree.Tuner(new SystemdHost(tree)).Apply(Vfio);
        Directory.Delete($"{tree.Root}/sys/module/vfio_pci", recursive: true);
        Assert.Equal((true, 1), tree.Tuner(new SystemdHost(tree)).Apply(Vfio) is var outcome ? (outcome.IsWhole, outcome.Journal.Drifts) : default);
    }

    [Theory]
    [InlineData("-r")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("vfio-pci\n")]
    [InlineData("vfio_pci options=1")]
    [InlineData("")]
    public void What_is_no_module_is_refused_and_nothing_is_run(string module)
    {
        using var tree = FakeTree.WithCpus();
        var host = new SystemdHost(tree);
        Assert.Equal(KnobState.Refused, Assert.Single(tree.Tuner(host).Apply(new() { Kernel = new() { Modules = [module] } }).Ledger).State);
        Assert.Empty(host.Commands);
    }

    [Fact]
    public void They_survive_a_kill_at_any_step() => Deaths.AtEachStep(() => FakeTree.WithCpus(), tree => new SystemdHost(tree), Vfio);
}
