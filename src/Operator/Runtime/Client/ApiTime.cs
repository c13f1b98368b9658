namespace Latlab.Operator.Runtime;

/// <summary>Times of the API server, which are UTC and do not say so.</summary>
internal static class ApiTime
{
    public static DateTimeOffset? Of(DateTime? time) => time is { } utc ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)) : null;
}
