using System.Text.Json;
using Latlab.NodeAgent.Cli;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Cli;

public sealed class AgentCommandTests : IDisposable
{
    private const string Tuning = """
        # A tuning in YAML.
        memory:
          hugePages:
            - {size: 2Mi, count: 64}
        kernel:
          sysctls:
            vm.stat_interval: "10"
        """;

    private readonly FakeTree _tree = FakeTree.Usual();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task Plan_says_what_would_change_and_changes_nothing()
    {
        var before = _tree.Snapshot();
        var (code, output, _) = await RunAsync("plan", Tuning);
        Assert.Equal(0, code);
        Assert.Equal(before, _tree.Snapshot());
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["ACTION", "KNOB", "FROM", "TO", "REBOOT"], Cells(lines[0]));
        Assert.Equal(["change", "kernel.sysctls[vm.stat_interval]", "1", "10", "-"], Cells(lines[1]));
        Assert.Equal(["change", "memory.hugePages[2Mi,node0]", "0", "64", "-"], Cells(lines[2]));
        Assert.False(Directory.Exists(_tree.Root + "/var/lib/latlab"));
    }

    [Fact]
    public async Task Apply_verify_and_restore_print_a_table_and_end_with_0()
    {
        Assert.Equal(1, (await RunAsync("verify", Tuning)).Code);
        var (code, output, error) = await RunAsync("apply", Tuning);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["KNOB", "VALUE", "STATE", "CONFIGURED IN", "IN THIS BOOT"], Cells(lines[0]));
        Assert.Equal(["kernel.sysctls[vm.stat_interval]", "10", "InEffect", "/proc/sys/vm/stat_interval", "yes"], Cells(lines[1]));
        Assert.Equal(3, lines.Length);
        Assert.Equal((0, output), Two(await RunAsync("verify", Tuning)));
        _tree.Sysctl("vm.stat_interval", "7");
        lines = (await RunAsync("verify", Tuning)).Output.Split('\n');
        Assert.Equal(["-", "kernel.sysctls[vm.stat_interval]", "10", "Drifted", "/proc/sys/vm/stat_interval", "yes"], [lines[1][..1], .. Cells(lines[1][1..])]);
        Assert.Equal(["+", "7", "/proc/sys/vm/stat_interval"], [lines[2][..1], .. Cells(lines[2][1..])]);
        Assert.Equal(0, (await RunAsync("restore", tuning: null)).Code);
        Assert.Equal("1", _tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public async Task Json_is_a_status_with_the_ledger()
    {
        var (_, output, _) = await RunAsync("apply", Tuning, "--output", "json");
        var status = JsonDocument.Parse(output).RootElement;
        Assert.Equal("2/2", status.GetProperty("inEffect").GetString());
        Assert.Equal(FakeTree.FirstBoot, status.GetProperty("bootId").GetString());
        Assert.Equal("InEffect", status.GetProperty("ledger")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_is_not_in_effect_ends_with_1_and_says_why()
    {
        var (code, output, _) = await RunAsync("apply", """{"kernel": {"sysctls": {"kernel.sysrq": "1", "vm.stat_interval": "10"}}}""");
        Assert.Equal(1, code);
        Assert.Matches(@"(?m)^- kernel\.sysctls\[kernel\.sysrq\] +1 +Refused .*\n\+ .*\n    decides when the kernel stops the node", output);
        Assert.Equal("10", _tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public async Task Plan_as_json_says_what_takes_a_reboot_and_what_would_remain()
    {
        using var tree = GrubHost.Tree();
        var file = tree.Root + "/tuning.yaml";
        await File.WriteAllTextAsync(file, "{boot: {}, kernel: {arguments: [skew_tick=1, \"isolcpus=0\"]}}", TestContext.Current.CancellationToken);
        using var output = new StringWriter();
        var code = await AgentCommand.InvokeAsync(["plan", "--root", tree.Root, "--tuning", file, "--output", "json"], output, TextWriter.Null);
        var plan = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Equal(1, code);
        var step = Assert.Single(plan.GetProperty("steps").EnumerateArray());
        Assert.Equal(("boot", "skew_tick=1", true), (step.GetProperty("knob").GetString(), step.GetProperty("to").GetString(), step.GetProperty("needsReboot").GetBoolean()));
        Assert.Equal("Refused", Assert.Single(plan.GetProperty("remaining").EnumerateArray()).GetProperty("state").GetString());
        Assert.False(Directory.Exists(tree.Root + "/var/lib/latlab"));
    }

    [Fact]
    public async Task Plan_ends_with_1_when_something_would_be_refused()
    {
        var (code, _, error) = await RunAsync("plan", """{"kernel": {"sysctls": {"kernel.sysrq": "1"}}}""");
        Assert.Equal(1, code);
        Assert.Contains("kernel.sysctls[kernel.sysrq]: Refused", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Knobs_lists_boot_arguments_and_profiles_with_their_command_lines()
    {
        var (code, output, _) = await InvokeAsync("knobs");
        Assert.Equal(0, code);
        Assert.Contains("| `nohz_full=CPUS` | /sys/devices/system/cpu/nohz_full | CONFIG_NO_HZ_FULL | ", output, StringComparison.Ordinal);
        Assert.Contains("| `psi=0\\|off` | ", output, StringComparison.Ordinal);
        Assert.Contains("| `KernelDocs` | `nohz_full=ISOLATED irqaffinity=INTERRUPTS ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_with_a_file_puts_back_only_the_knobs_in_it()
    {
        await RunAsync("apply", Tuning);
        Assert.Equal(0, (await RunAsync("restore", """{"kernel": {"sysctls": {"vm.stat_interval": "10"}}}""")).Code);
        Assert.Equal("1", _tree.SysctlText("vm.stat_interval"));
        Assert.Equal("64", _tree.HugePagesText("2048kB"));
        Assert.Single(_tree.Journal().Entries);
    }

    [Fact]
    public async Task A_whole_NodeTuning_is_read_by_its_spec()
    {
        var whole = """
            {"kind": "NodeTuning", "metadata": {"name": "n"}, "spec": {"drift": "Report", "kernel": {"sysctls": {"vm.stat_interval": "10"}}}}
            """;
        Assert.Equal(0, (await RunAsync("apply", whole)).Code);
    }

    [Fact]
    public async Task A_damaged_journal_ends_with_1()
    {
        _tree.File(JournalFile.DefaultPath, "{");
        foreach (var verb in new[] { "plan", "apply", "verify", "restore" })
        {
            var (code, _, error) = await RunAsync(verb, Tuning);
            Assert.Equal(1, code);
            Assert.Contains(JournalFile.DefaultPath, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_agent_is_turned_away()
    {
        using var held = _tree.Host.TryLock(CommonOptions.LockPath);
        Assert.Equal(1, (await RunAsync("apply", Tuning)).Code);
        Assert.Equal("1", _tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public async Task A_root_without_proc_ends_with_1()
    {
        using var empty = new FakeTree();
        File.Delete(empty.Root + NodeAgent.Host.BootId.Path);
        var (code, _, error) = await InvokeAsync("apply", "--root", empty.Root, "--tuning", Write(Tuning));
        Assert.Equal(1, code);
        Assert.Contains("is the host's /proc mounted", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wire_is_not_made_on_this_machine_for_a_tree_elsewhere()
    {
        var (code, output, _) = await RunAsync("apply", "virtualWires: [{name: latlabtest}]");
        Assert.Equal(1, code);
        Assert.Contains($"ip is not run for the copy of a tree at {_tree.Root}", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kernel: {sysctl: {vm.stat_interval: \"10\"}}", "sysctl")]
    [InlineData("kernel: {sysctls: {vm.stat_interval: 10}}", "numbers of sysctls are texts")]
    [InlineData("memory: {hugePages: [{size: 2Mi, count: many}]}", "count")]
    [InlineData("drift: Sometimes", "drift")]
    [InlineData("kernel: [", "line 2, column")]
    [InlineData("a: 1\na: 2", "twice")]
    [InlineData("- x", "not a NodeTuningSpec")]
    [InlineData("kernel: &a {sysctls: {}}\nmemory: *a", "anchors")]
    [InlineData("drift: Repair\n---\ndrift: Report", "more than one document")]
    [InlineData("", "is empty")]
    public async Task A_file_that_is_no_tuning_ends_with_2_and_says_where(string tuning, string named)
    {
        var (code, _, error) = await RunAsync("apply", tuning);
        Assert.Equal(2, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("apply")]
    [InlineData("frobnicate")]
    [InlineData("apply", "--tuning", "x", "--output", "xml")]
    [InlineData("apply", "--tuning", "/no/such/file")]
    [InlineData("run")]
    [InlineData("run", "--node", "n", "--interval", "0")]
    public async Task A_wrong_command_line_ends_with_2(params string[] arguments)
    {
        var (code, _, error) = await InvokeAsync(arguments);
        Assert.Equal(2, code);
        Assert.NotEqual("", error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("apply", "--help")]
    public async Task Help_is_not_an_error(params string[] arguments)
    {
        var (code, output, _) = await InvokeAsync(arguments);
        Assert.Equal(0, code);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    private static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static (int Code, string Output) Two((int Code, string Output, string Error) result) => (result.Code, result.Output);

    private string Write(string tuning)
    {
        var path = Path.Combine(_tree.Root, "tuning.yaml");
        File.WriteAllText(path, tuning);
        return path;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string verb, string? tuning, params string[] more)
    {
        var path = tuning is null ? null : Write(tuning);
        try
        {
            return await InvokeAsync([verb, "--root", _tree.Root, .. path is null ? Array.Empty<string>() : ["--tuning", path], .. more]);
        }
        finally
        {
            File.Delete(Path.Combine(_tree.Root, "tuning.yaml"));
        }
    }

    private static async Task<(int Code, string Output, string Error)> InvokeAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await AgentCommand.InvokeAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
