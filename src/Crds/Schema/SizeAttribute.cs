namespace Latlab.Crds.Schema;

/// <summary>
/// Bounds the number of entries of a list or dictionary, or of characters of a string. (The attributes of
/// <c>System.ComponentModel.DataAnnotations</c> for that are not fit for trimming.)
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(int min, int max) : Attribute
{
    /// <summary>Least number.</summary>
    public int Min { get; } = min;

    /// <summary>Greatest number.</summary>
    public int Max { get; } = max;
}
