namespace Latlab.Crds.Conditions;

/// <summary>Reads and updates a list of conditions, a list-map by type.</summary>
public static class ConditionList
{
    /// <summary>
    /// Returns <paramref name="conditions"/> with one condition set, sorted by type. The transition time is kept as long as the status
    /// stays the same.
    /// </summary>
    public static IReadOnlyList<Condition> With(
        this IEnumerable<Condition> conditions, string type, ConditionStatus status, string reason, string message, long? generation,
        DateTimeOffset now)
    {
        var list = conditions.ToList();
        var previous = list.Find(c => c.Type == type);
        list.RemoveAll(c => c.Type == type);
        list.Add(new Condition
        {
            Type = type,
            Status = status,
            ObservedGeneration = generation,
            // Kubernetes stores whole seconds: cut here, so that a condition read back equals the one written.
            LastTransitionTime = previous?.Status == status ? previous.LastTransitionTime : WholeSeconds(now),
            Reason = reason,
            // One that is too long would be refused with the whole status, for ever.
            Message = message.Shortened(Condition.LongestMessage),
        });
        return [.. list.OrderBy(c => c.Type, StringComparer.Ordinal)];
    }

    /// <summary>The condition of that type, or null.</summary>
    public static Condition? Get(this IEnumerable<Condition>? conditions, string type) => conditions?.FirstOrDefault(c => c.Type == type);

    /// <summary>Whether the condition of that type is <c>True</c>.</summary>
    public static bool IsTrue(this IEnumerable<Condition>? conditions, string type) => conditions.Get(type)?.Status == ConditionStatus.True;

    private static DateTime WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
}
