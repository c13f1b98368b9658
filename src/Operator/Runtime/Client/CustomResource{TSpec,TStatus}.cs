using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>The envelope of a custom resource; a derived class names its kind by <see cref="KubernetesEntityAttribute"/>.</summary>
internal abstract class CustomResource<TSpec, TStatus> : IKubernetesObject<V1ObjectMeta>, ISpec<TSpec>, IStatus<TStatus?>
    where TSpec : class, new()
    where TStatus : class
{
    protected CustomResource()
    {
        var kind = EntityKind.Of(GetType());
        ApiVersion = kind.ApiVersion;
        Kind = kind.Kind;
    }

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; }

    [JsonPropertyName("kind")]
    public string Kind { get; set; }

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public TSpec Spec { get; set; } = new();

    [JsonPropertyName("status")]
    public TStatus? Status { get; set; }
}
