using System.Text.Json;
using k8s.Models;

namespace Latlab.Operator.Webhooks;

/// <summary>
/// What the API server asks, and is answered, about one write: <c>admission.k8s.io/v1</c>, of which KubernetesClient has no types.
/// </summary>
/// <remarks>
/// Source: kubernetes.io, "Dynamic Admission Control", webhook request and response; <c>k8s.io/api/admission/v1/types.go</c>.
/// </remarks>
internal sealed record AdmissionReview
{
    public const string Version = "admission.k8s.io/v1";

    public string? ApiVersion { get; init; } = Version;

    public string? Kind { get; init; } = nameof(AdmissionReview);

    public AdmissionRequest? Request { get; init; }

    public AdmissionAnswer? Response { get; init; }
}

/// <summary>The question. Objects stay as they came until it is known that their kind is one of ours.</summary>
internal sealed record AdmissionRequest
{
    /// <summary>The answer bears it, too.</summary>
    public string? Uid { get; init; }

    public AdmissionKind? Kind { get; init; }

    /// <summary>E.g. <c>status</c>; empty for the object itself.</summary>
    public string? SubResource { get; init; }

    /// <summary>Empty while the server has yet to make one up from <c>generateName</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>CREATE</c>, <c>UPDATE</c>, <c>DELETE</c> or <c>CONNECT</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>The object as it would be stored.</summary>
    public JsonElement? Object { get; init; }

    /// <summary>The object as it is; null when it is created.</summary>
    public JsonElement? OldObject { get; init; }
}

/// <summary>Kind of the object in a question.</summary>
internal sealed record AdmissionKind
{
    public string? Group { get; init; }

    public string? Version { get; init; }

    public string? Kind { get; init; }
}

/// <summary>The answer.</summary>
internal sealed record AdmissionAnswer
{
    public required string Uid { get; init; }

    public required bool Allowed { get; init; }

    /// <summary>Why not, as the API server then tells the user.</summary>
    public AdmissionStatus? Status { get; init; }

    /// <summary>What kubectl shows beside an allowed write.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary><c>metav1.Status</c>. KubernetesClient's own type of that name can be read and not be written.</summary>
internal sealed record AdmissionStatus
{
    public string Status { get; init; } = "Failure";

    public required int Code { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    public required V1StatusDetails Details { get; init; }
}
