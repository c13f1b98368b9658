using k8s;

namespace Testing;

/// <summary>latlab's Helm chart.</summary>
public static class Chart
{
    private const string Script = """
        set -eu
        source hack/lib/clients.sh
        ensure_clients
        namespace=$1 template=$2
        shift 2
        "$CLIENTS_DIR/helm" template latlab charts/latlab --namespace "$namespace" --show-only "$template" --set image.registry=none "$@"
        """;

    /// <summary>The objects of one of its templates, for a release in that namespace, as helm makes them.</summary>
    /// <param name="template">Path of the template in the chart.</param>
    /// <param name="namespace">The release's.</param>
    /// <param name="values">Values, as <c>--set</c> takes them.</param>
    public static async Task<IReadOnlyList<object>> RenderAsync(string template, string @namespace, params string[] values) => KubernetesYaml.LoadAllFromString(
        await Programs.RunAsync(
            "bash",
            [
                "-c", Script, "bash", @namespace, template, .. values.SelectMany(value => new[] { "--set", value }),
            ],
            ApiServer.RepositoryRoot));
}
