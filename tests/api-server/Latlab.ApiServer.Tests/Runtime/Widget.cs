using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Operator.Runtime;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>A kind of the tests' own.</summary>
[KubernetesEntity(Group = "test.latlab.dev", ApiVersion = "v1", Kind = "Widget", PluralName = "widgets")]
internal sealed class Widget : CustomResource<WidgetSpec, WidgetStatus>
{
    public static Widget New(string @namespace, string name, int size = 1) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = @namespace },
        Spec = new WidgetSpec { Size = size },
    };
}

internal sealed record WidgetSpec
{
    public int Size { get; init; }
}

internal sealed record WidgetStatus
{
    public long? ObservedGeneration { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}
