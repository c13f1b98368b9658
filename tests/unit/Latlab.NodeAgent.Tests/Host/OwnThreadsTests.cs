using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Noise;
using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Cluster;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Host;

public sealed class OwnThreadsTests
{
    [Theory]
    [InlineData("0-3", "2-3", "", "0-1")]
    [InlineData("0-3", null, "3", "0-2")]
    [InlineData("0-3", "2", "3", "0-1")]
    [InlineData("0-3", null, null, "0-3")]
    [InlineData("0-3", "not a list", null, "0-3")]
    [InlineData("0-3", "0-3", null, null)]
    [InlineData(null, "1", null, null)]
    public void Isolated_by_the_wish_or_by_the_boot_is_not_for_the_agent(string? online, string? isolated, string? atBoot, string? expected) =>
        Assert.Equal(expected, OwnThreads.Housekeeping(online, isolated, atBoot) is { } cpus ? CpuList.Format(cpus) : null);

    [Fact]
    public void Every_thread_of_the_process_moves_and_those_made_later_too()
    {
        using var tree = new FakeTree();
        using var log = new SharedLog();
        var allowed = CpuList.Parse(Allowed("self"));
        Assert.True(allowed.Count > 1, "this test needs two CPUs");
        tree.File("/sys/devices/system/cpu/online", CpuList.Format(allowed));
        var threads = new OwnThreads(tree.Host, new AgentLog(log, TimeProvider.System));
        try
        {
            threads.StayOff($"{allowed[^1]}");
            var expected = CpuList.Format(allowed.SkipLast(1));
            // Looks at noise that other tests take are elsewhere on purpose.
            Assert.All(Directory.GetDirectories("/proc/self/task").Where(task => !CpuThread.IsPinned(int.Parse(Path.GetFileName(task), null))), task => Assert.Equal(expected, Allowed($"self/task/{Path.GetFileName(task)}")));
            string? later = null;
            var thread = new Thread(() => later = Allowed("thread-self"));
            thread.Start();
            thread.Join();
            Assert.Equal(expected, later);
            Assert.Contains($"stays on CPUs {expected}", log.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            threads.StayOff(null);
        }

        Assert.Equal(CpuList.Format(allowed), Allowed("self"));
    }

    [Fact]
    public void A_thread_that_looks_at_noise_stays_where_it_is()
    {
        using var tree = new FakeTree();
        using var log = new SharedLog();
        var allowed = CpuList.Parse(Allowed("self"));
        tree.File("/sys/devices/system/cpu/online", CpuList.Format(allowed));
        var threads = new OwnThreads(tree.Host, new AgentLog(log, TimeProvider.System));
        string? seen = null;
        var looking = new Thread(() =>
        {
            using var pinned = CpuThread.Pin(allowed[^1]);
            threads.StayOff($"{allowed[^1]}");
            seen = Allowed("thread-self");
        });
        looking.Start();
        looking.Join();
        threads.StayOff(null);
        Assert.Equal($"{allowed[^1]}", seen);
    }

    private static string Allowed(string who) => File.ReadLines($"/proc/{who}/status")
        .Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Trim();
}
