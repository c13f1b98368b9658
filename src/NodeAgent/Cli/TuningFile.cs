using System.Text.Json;
using System.Text.Json.Nodes;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Cli;

/// <summary>Reads a NodeTuningSpec, a whole NodeTuning or a whole TunedNode, from a JSON or YAML file.</summary>
internal static class TuningFile
{
    private const string StandardInput = "-";

    /// <summary>The spec, or null and what is wrong with the file.</summary>
    public static NodeTuningSpec? TryRead(string path, out string problem)
    {
        try
        {
            var root = YamlJson.Convert(path == StandardInput ? Console.In.ReadToEnd() : File.ReadAllText(path));
            if ((string?)root?["kind"] == TunedNodeResource.Definition.Kind && root["spec"] is JsonObject tuned)
            {
                // Which nodes are meant, and what may be done to their work, is for the operator; here it is this one, now.
                var whole = JsonSerializer.Deserialize(tuned, TuningFileJson.Default.TunedNodeSpec)!;
                var known = TuningFileJson.Default.NodeTuningSpec.Properties.Select(property => property.Name).ToHashSet();
                foreach (var (field, _) in tuned.Where(field => !known.Contains(field.Key)).ToList())
                {
                    tuned.Remove(field);
                }

                tuned["kernel"] = JsonSerializer.SerializeToNode(BootProfiles.Resolve(whole), TuningFileJson.Default.KernelTuning);
            }

            var spec = JsonSerializer.Deserialize(root?["spec"] ?? root, TuningFileJson.Default.NodeTuningSpec);
            problem = spec is null ? $"{path}: is empty; write a NodeTuningSpec: kernel: {{sysctls: {{vm.stat_interval: \"10\"}}}}" : "";
            return spec;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{path}: cannot be read: {e.Message}";
        }
        catch (FormatException e)
        {
            problem = $"{path}: {e.Message}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = $"{path}: not a NodeTuningSpec: {e.Message}; numbers of sysctls are texts: vm.stat_interval: \"10\"";
        }

        return null;
    }
}
