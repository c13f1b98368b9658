using System.Diagnostics.CodeAnalysis;

namespace Latlab.Operator.Runtime;

/// <summary>How a pass over an object ended. (A thrown exception is the third outcome: transient, retried with back-off.)</summary>
internal sealed record ReconciliationResult
{
    private static readonly ReconciliationResult Done = new(null, null, null);

    private ReconciliationResult(string? reason, string? message, TimeSpan? requeueAfter)
    {
        Reason = reason;
        Message = message;
        RequeueAfter = requeueAfter;
    }

    [MemberNotNullWhen(false, nameof(Reason), nameof(Message))]
    public bool IsSuccess => Reason is null;

    /// <summary>Why it failed, one CamelCase word group.</summary>
    public string? Reason { get; }

    /// <summary>Why it failed, for people.</summary>
    public string? Message { get; }

    /// <summary>When to look again though nothing changes.</summary>
    public TimeSpan? RequeueAfter { get; }

    /// <summary>
    /// Done, or waiting: then the object is looked at again after <paramref name="requeueAfter"/> or when something changes.
    /// </summary>
    public static ReconciliationResult Success(TimeSpan? requeueAfter = null) =>
        requeueAfter is null ? Done : new(null, null, requeueAfter);

    /// <summary>
    /// Needs somebody to change something: recorded, not tried again before the object changes or <paramref name="requeueAfter"/> passes.
    /// </summary>
    public static ReconciliationResult Failure(string reason, string message, TimeSpan? requeueAfter = null) =>
        new(reason, message, requeueAfter);
}
