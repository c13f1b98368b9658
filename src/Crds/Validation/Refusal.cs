namespace Latlab.Crds.Validation;

/// <summary>Why a wish cannot be granted.</summary>
/// <param name="Field">Path of the field in the object, e.g. <c>spec.traffic.rate</c>.</param>
/// <param name="Value">What it says.</param>
/// <param name="Problem">What is wrong with that.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Refusal(string Field, string Value, string Problem, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field}: \"{Value}\" {Problem}; {Remedy}";
}
