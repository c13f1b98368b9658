namespace Latlab.Reports.Html;

/// <summary>What stands in a cell of a table.</summary>
/// <param name="Text">For people.</param>
/// <param name="Title">All digits, or what it means; null for nothing.</param>
/// <param name="Note">Small print behind it; null for nothing.</param>
internal sealed record Cell(string Text, string? Title = null, string? Note = null)
{
    /// <summary>Marks what describes single packets.</summary>
    public bool Weak { get; init; }

    /// <summary>Whether it is words, which stand on the left.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether the result has no such number.</summary>
    public bool Missing => ReferenceEquals(this, None);

    /// <summary>Of a number that the result does not have.</summary>
    public static Cell None { get; } = new(Human.Unknown, "not in this result");

    /// <summary>A number of things.</summary>
    public static Cell Count(long? number) => number is { } known ? new Cell(Human.Count(known)) : None;

    /// <summary>A latency or another time of its size.</summary>
    public static Cell Latency(double? ns) => ns is { } known ? new Cell(Human.Latency(known), Human.Nanoseconds(known)) : None;

    /// <summary>A length of time of any size.</summary>
    public static Cell Duration(double? ns) => ns is { } known ? new Cell(Human.Duration(known), Human.Nanoseconds(known)) : None;

    /// <summary>A share.</summary>
    public static Cell Share(double? share) => share is { } known
        ? new Cell(Human.Share(known), known.ToString("R", System.Globalization.CultureInfo.InvariantCulture))
        : None;

    /// <summary>A plain number.</summary>
    public static Cell Number(double? number) => number is { } known ? new Cell(Human.Number(known)) : None;

    /// <summary>Text; nothing when empty.</summary>
    public static Cell Words(string? text) => string.IsNullOrEmpty(text) ? None : new Cell(text) { IsText = true };
}
