using System.Text.Json;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cli;

/// <summary>Reads a NodeTuningSpec, or a whole NodeTuning, from a JSON or YAML file.</summary>
internal static class TuningFile
{
    /// <summary>The spec, or null and what is wrong with the file.</summary>
    public static NodeTuningSpec? TryRead(string path, out string problem)
    {
        try
        {
            var root = YamlJson.Convert(File.ReadAllText(path));
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
