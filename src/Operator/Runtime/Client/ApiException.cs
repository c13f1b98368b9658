using System.Net;

namespace Latlab.Operator.Runtime;

/// <summary>The API server's refusal of a request.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(HttpStatusCode statusCode, string reason, string request, string message)
        : base($"{request}: {(int)statusCode} {reason}: {message}")
    {
        StatusCode = statusCode;
        Reason = reason;
    }

    public HttpStatusCode StatusCode { get; }

    /// <summary>Kubernetes' reason, e.g. <c>AlreadyExists</c>, <c>Conflict</c>, <c>Invalid</c>.</summary>
    public string Reason { get; }

    /// <summary>The object changed since it was read: read it again and decide anew.</summary>
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict && Reason != "AlreadyExists";
}
