namespace Latlab.Crds.Schema;

/// <summary>What each entry of a list of strings, or each value of a dictionary, must be.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EntryAttribute : Attribute
{
    /// <summary>Pattern that it must match; null when it may be any text.</summary>
    public string? Pattern { get; init; }

    /// <summary>Greatest number of characters; 0 when there is no bound.</summary>
    public int MaxLength { get; init; }

    /// <summary>Whether a list must not have the same entry twice (<c>x-kubernetes-list-type: set</c>).</summary>
    public bool Unique { get; init; }
}
