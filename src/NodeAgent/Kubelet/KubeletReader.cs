using System.Text.Json.Nodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>
/// Finds a node's kubelet and its configuration: the command line, the file of <c>--config</c>, and over it the drop-ins of
/// <c>--config-dir</c>. Kubelet's own answer (<c>/configz</c>) is not asked for: who may have that from the API server may run programs in
/// every pod of the node.
/// </summary>
internal sealed class KubeletReader(IHost host)
{
    private string? _process;

    /// <summary>Of the host that a knob looks at, found once for this look.</summary>
    public static KubeletReading Of(HostView host) => host.Once(typeof(KubeletReader), () => new KubeletReader(host.Files).Read());

    public KubeletReading Read()
    {
        // The list of all processes is only gone through when it is another one than last time.
        if (_process is null || host.Read($"/proc/{_process}/comm").Text != Processes.Kubelet)
        {
            _process = Processes.Named(host, Processes.Kubelet).FirstOrDefault();
        }

        if (_process is null)
        {
            var none = new KubeletReading();
            return none with
            {
                IsThere = host.IsNode,
                RunningCpuManagerPolicy = RunningPolicy(none.CpuManagerState),
                RunningMemoryManagerPolicy = RunningPolicy(none.MemoryManagerState),
                Problem = "no process called kubelet runs on this node; where it is part of another program (k3s, MicroK8s), hold its CPU manager against cpu.isolated by hand",
            };
        }

        var commandLine = host.Read($"/proc/{_process}/cmdline");
        if (commandLine.Text is not { Length: > 0 } words)
        {
            return new() { IsThere = true, Problem = $"/proc/{_process}/cmdline, which says how kubelet was started, cannot be read{(commandLine.Problem is { } why ? $": {why}" : "")}" };
        }

        var flags = KubeletArguments.Flags(words);
        var reading = new KubeletReading { IsThere = true, Files = [$"/proc/{_process}/cmdline"] };
        reading = flags.GetValueOrDefault("root-dir") is { Length: > 0 } root ? reading with { StateDirectory = root.TrimEnd('/') } : reading;
        reading = reading with
        {
            RunningCpuManagerPolicy = RunningPolicy(reading.CpuManagerState),
            RunningMemoryManagerPolicy = RunningPolicy(reading.MemoryManagerState),
        };
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (var file in ConfigFiles(flags))
        {
            if (Problem(file, fields) is { } problem)
            {
                return reading with { Problem = problem };
            }

            reading = reading with { Files = [.. reading.Files, file] };
        }

        return reading with { Settings = KubeletSettings.From(fields, flags) };
    }

    private IEnumerable<string> ConfigFiles(IReadOnlyDictionary<string, string> flags)
    {
        if (flags.GetValueOrDefault("config") is { Length: > 0 } config)
        {
            yield return config;
        }

        // In the order of their names (kubelet's --config-dir).
        if (flags.GetValueOrDefault("config-dir") is { Length: > 0 } directory)
        {
            foreach (var name in host.List(directory).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
            {
                yield return $"{directory.TrimEnd('/')}/{name}";
            }
        }
    }

    /// <summary>Reads the fields of a file over those before it. Returns why it could not, otherwise null.</summary>
    private string? Problem(string file, Dictionary<string, string> fields)
    {
        var read = host.Read(file);
        if (read.Text is null)
        {
            return $"kubelet's configuration {file} cannot be seen by this agent{(read.Problem is { } why ? $" ({why})" : "")}; set the chart's value agent.kubeletConfig to that path";
        }

        try
        {
            if (YamlJson.Convert(read.Text) is not JsonObject config)
            {
                return $"kubelet's configuration {file} is not a map of fields";
            }

            foreach (var field in KubeletSettings.Flags.Keys.Where(config.ContainsKey))
            {
                fields[field] = config[field] is JsonObject map
                    ? KubeletOptions.Merged(fields.GetValueOrDefault(field), map)
                    : config[field]?.ToString() ?? "";
            }

            return null;
        }
        catch (FormatException e)
        {
            return $"kubelet's configuration {file} cannot be read: {e.Message}";
        }
    }

    private string? RunningPolicy(string stateFile)
    {
        try
        {
            return (string?)JsonNode.Parse(host.Read(stateFile).Text ?? "{}")?["policyName"];
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
