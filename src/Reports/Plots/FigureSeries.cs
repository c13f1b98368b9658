namespace Latlab.Reports.Plots;

/// <summary>Points of one kind, as columns of one length, ascending by X.</summary>
/// <param name="Colour">Index of its colour: that of the result that it belongs to.</param>
/// <param name="Name">For the legend.</param>
/// <param name="Shape">How it is drawn.</param>
/// <param name="X">Horizontal values.</param>
/// <param name="Y">Vertical values; null interrupts a line.</param>
internal sealed record FigureSeries(int Colour, string Name, SeriesShape Shape, IReadOnlyList<double> X, IReadOnlyList<double?> Y)
{
    /// <summary>Index of the dash pattern of its line.</summary>
    public int Dash { get; init; }

    /// <summary>Whether the values describe single packets only: drawn faintly, and not in the legend.</summary>
    public bool Weak { get; init; }

    /// <summary>Lower ends of vertical bars through the points; null for none.</summary>
    public IReadOnlyList<double?>? Low { get; init; }

    /// <summary>Upper ends.</summary>
    public IReadOnlyList<double?>? High { get; init; }
}

/// <summary>How a series is drawn.</summary>
internal enum SeriesShape
{
    /// <summary>Points joined by straight lines.</summary>
    Line,

    /// <summary>Filled circles.</summary>
    Points,

    /// <summary>Open triangles over what they mark.</summary>
    Marks,

    /// <summary>Vertical bars from Low to High, with a tick at Y.</summary>
    Bars,
}
