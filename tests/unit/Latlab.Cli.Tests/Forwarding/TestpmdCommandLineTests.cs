using Latlab.Cli.Forwarding;
using Latlab.Crds;
using Latlab.Crds.Experiments;

namespace Latlab.Cli.Tests.Forwarding;

public sealed class TestpmdCommandLineTests
{
    private static readonly TestpmdSettings Settings = new(ForwardingMode.Io, ["w1b", "w2a"], 256, HugePages: false, "lat-1");

    [Fact]
    public void The_whole_command_line_with_one_CPU() => Assert.Equal(
        [
            "dpdk-testpmd", "--lcores", "0@3,1@3", "--no-pci", "--no-huge", "--no-shconf", "-m", "256", "--iova-mode=va",
                "--file-prefix=lat-1",
            "--vdev=net_af_packet0,iface=w1b,blocksz=65536,framesz=2048,framecnt=4096",
            "--vdev=net_af_packet1,iface=w2a,blocksz=65536,framesz=2048,framecnt=4096",
            "--", "--forward-mode=io", "--auto-start", "--nb-cores=1", "--total-num-mbufs=16384", "--no-mlockall",
        ],
        TestpmdCommandLine.Build(Settings, [3]));

    [Theory]
    [InlineData("4,6", "0@4,1@6", 1)]
    [InlineData("2-4", "0@2,1@3,2@4", 2)]
    [InlineData("200-202", "0@200,1@201,2@202", 2)]
    public void With_several_CPUs_the_first_is_for_the_main_lcore(string cpus, string lcores, int forwarding)
    {
        var arguments = TestpmdCommandLine.Build(Settings, CpuList.Parse(cpus));
        Assert.Equal(lcores, arguments[arguments.ToList().IndexOf("--lcores") + 1]);
        Assert.Contains($"--nb-cores={forwarding}", arguments);
    }

    [Fact]
    public void Hugepages_leave_nothing_on_disk_either()
    {
        var arguments = TestpmdCommandLine.Build(Settings with { HugePages = true }, [0]);
        Assert.Contains("--in-memory", arguments);
        Assert.DoesNotContain("--no-huge", arguments);
    }

    [Theory]
    [InlineData(ForwardingMode.Io, "io")]
    [InlineData(ForwardingMode.Mac, "mac")]
    [InlineData(ForwardingMode.Macswap, "macswap")]
    [InlineData(ForwardingMode.FiveTupleSwap, "5tswap")]
    public void Modes_have_the_names_of_testpmd(ForwardingMode mode, string name) =>
        Assert.Contains($"--forward-mode={name}", TestpmdCommandLine.Build(Settings with { Mode = mode }, [0]));
}
