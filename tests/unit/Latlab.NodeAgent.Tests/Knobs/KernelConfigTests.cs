using System.IO.Compression;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Boot;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class KernelConfigTests
{
    private const string Own = "/proc/config.gz";

    [Theory]
    [InlineData(Own)]
    [InlineData("/lib/modules/6.1.0-test/config")]
    [InlineData("/boot/config-6.1.0-test")]
    [InlineData("/usr/lib/ostree-boot/config-6.1.0-test")]
    public void It_is_found_where_kernels_and_distributions_keep_it(string file)
    {
        using var tree = Put(new FakeTree(), file, "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=\"=y\"");
        var config = KernelConfig.Of(new HostView(tree.Host));
        Assert.Equal((file, true, true, false, false), (config.File, config.Has("CONFIG_A"), config.Has("CONFIG_B"), config.Has("CONFIG_C"), config.Has("CONFIG_E")));
    }

    [Fact]
    public void The_running_kernels_own_goes_before_files_that_may_be_of_another_build()
    {
        using var tree = Put(new FakeTree(), "/boot/config-6.1.0-test", "CONFIG_A=y");
        Put(Put(tree, "/lib/modules/6.1.0-test/config", "CONFIG_B=y"), Own, "CONFIG_C=y");
        Assert.Equal(Own, KernelConfig.Of(new HostView(tree.Host)).File);
        File.Delete(tree.Root + Own);
        Assert.Equal("/lib/modules/6.1.0-test/config", KernelConfig.Of(new HostView(tree.Host)).File);
    }

    [Theory]
    [InlineData(Own, "no gzip at all")]
    [InlineData("/lib/modules/6.1.0-test/config", "")]
    public void One_that_cannot_be_understood_says_nothing(string file, string text)
    {
        using var tree = new FakeTree().File(file, text);
        var config = KernelConfig.Of(new HostView(tree.Host));
        Assert.Null(config.File);
        Assert.Null(config.Has("CONFIG_A"));
        Put(tree, "/boot/config-6.1.0-test", "CONFIG_A=y");
        Assert.True(KernelConfig.Of(new HostView(tree.Host)).Has("CONFIG_A"));
    }

    private static FakeTree Put(FakeTree tree, string file, string text)
    {
        tree.File(file, text);
        if (file == Own)
        {
            using var compressed = new StreamWriter(new GZipStream(File.Create(tree.Root + file), CompressionMode.Compress));
            compressed.Write(text);
        }

        return tree;
    }
}
