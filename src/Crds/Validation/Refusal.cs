using Latlab.Crds.Conditions;

namespace Latlab.Crds.Validation;

/// <summary>Why a wish cannot be granted.</summary>
/// <param name="Field">Path of the field in the object, e.g. <c>spec.traffic.rate</c>.</param>
/// <param name="Value">What it says.</param>
/// <param name="Problem">What is wrong with that.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Refusal(string Field, string Value, string Problem, string Remedy)
{
    private const int MostOfValue = 100;
    private const int MostInMessage = 20;

    /// <summary>One message for several refusals: the first ones, and the number of the others.</summary>
    public static string Message(IReadOnlyList<Refusal> refusals)
    {
        var text = string.Join("; ", refusals.Take(MostInMessage));
        return refusals.Count > MostInMessage ? $"{text}; … and {refusals.Count - MostInMessage} more" : text;
    }

    /// <summary>
    /// As a sentence without the field, for where that stands beside it. A value may be as long as the API server lets it be: its beginning
    /// tells which it is.
    /// </summary>
    public string WithoutField => $"\"{Value.Shortened(MostOfValue)}\" {Problem}; {Remedy}";

    /// <summary>As a sentence.</summary>
    public override string ToString() => $"{Field}: {WithoutField}";
}
