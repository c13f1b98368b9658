namespace Latlab.Reports.Plots;

/// <summary>The part of an axis that a figure shows, and where its values are.</summary>
internal sealed class FigureScale
{
    private readonly bool _logarithmic;

    /// <summary>Shows all values, unless the axis has limits.</summary>
    public FigureScale(FigureAxis axis, IEnumerable<double> values)
    {
        _logarithmic = axis.Scale != AxisScale.Linear;
        var shown = values.Where(value => !_logarithmic || value > 0).DefaultIfEmpty(1).ToList();
        Min = axis.Min ?? shown.Min();
        Max = axis.Max ?? shown.Max();
        if (Max <= Min)
        {
            // A single value: somewhat on both sides of it.
            (Min, Max) = _logarithmic ? (Min / 2, Max * 2) : (Min - (Math.Abs(Min) * 0.1) - 1e-9, Max + (Math.Abs(Max) * 0.1) + 1e-9);
        }

        var margin = (Place(Max) - Place(Min)) * 0.04;
        From = Place(Min) - (axis.Min is null ? margin : 0);
        To = Place(Max) + (axis.Max is null ? margin : 0);
        Min = Value(From);
        Max = Value(To);
    }

    /// <summary>Lowest value shown.</summary>
    public double Min { get; }

    /// <summary>Highest value shown.</summary>
    public double Max { get; }

    /// <summary>The place of <see cref="Min"/>.</summary>
    public double From { get; }

    /// <summary>The place of <see cref="Max"/>.</summary>
    public double To { get; }

    /// <summary>Where a value is: its logarithm on a logarithmic axis.</summary>
    public double Place(double value) => _logarithmic ? Math.Log10(value) : value;

    private double Value(double place) => _logarithmic ? Math.Pow(10, place) : place;
}
