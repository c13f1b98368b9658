using k8s;

namespace Testing;

/// <summary>latlab's Helm chart.</summary>
public static class Chart
{
    private const string Script = """
        set -eu
        source hack/lib/clients.sh
        ensure_clients
        "$CLIENTS_DIR/helm" template latlab charts/latlab --namespace "$1" --show-only "$2" --set image.registry=none
        """;

    /// <summary>The objects of one of its templates, for a release in that namespace, as helm makes them.</summary>
    public static async Task<IReadOnlyList<object>> RenderAsync(string template, string @namespace) => KubernetesYaml.LoadAllFromString(
        await Programs.RunAsync(
            "bash",
            [
                "-c", Script, "bash", @namespace, template,
            ],
            ApiServer.RepositoryRoot));
}
