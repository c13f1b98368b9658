using FluentValidation;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Validation;

/// <summary>
/// Base of the validators of specs: first what the schema says of each field (<see cref="SchemaRules"/>), then the rules across fields,
/// which may rely on that. One <see cref="Refusal"/> for each thing that is wrong; no spec, however odd, makes it throw. Safe to use from
/// several threads at once.
/// </summary>
public abstract class SpecValidator<TSpec> : AbstractValidator<TSpec>
    where TSpec : class
{
    /// <summary>What is wrong with <paramref name="spec"/>; empty when nothing is.</summary>
    public IReadOnlyList<Refusal> Refusals(TSpec? spec)
    {
        if (spec is null)
        {
            return [new Refusal("spec", "", "is missing", "set it")];
        }

        var fields = SchemaRules.Check(spec, "spec").ToList();
        return fields.Count > 0 ? fields : [.. Validate(spec).Errors.Select(e => (Refusal)e.CustomState)];
    }

    /// <summary>Adds a rule that finds what is wrong with the spec as a whole.</summary>
    private protected void Rule(Func<TSpec, IEnumerable<Refusal>> find) => RuleFor(spec => spec).Custom((spec, context) =>
    {
        foreach (var refusal in find(spec))
        {
            context.AddFailure(
                new FluentValidation.Results.ValidationFailure(refusal.Field, refusal.Problem, refusal.Value) { CustomState = refusal });
        }
    });

    /// <summary>A refusal for every entry of a list that has the same key as one before it.</summary>
    private protected static IEnumerable<Refusal> Doubles<TEntry, TKey>(
        string path, IEnumerable<TEntry> entries, Func<TEntry, TKey> key, string remedy, string field = "")
        where TKey : notnull
    {
        var seen = new Dictionary<TKey, int>();
        foreach (var (index, entry) in entries.Index())
        {
            if (!seen.TryAdd(key(entry), index))
            {
                yield return new Refusal(
                    $"{path}[{index}]{field}", Text(key(entry)), $"is the same as {path}[{seen[key(entry)]}]{field}", remedy);
            }
        }
    }

    /// <summary>As the user wrote it: a value of an enum has another name in JSON.</summary>
    private static string Text(object key) =>
        key is Enum ? SchemaJson.Default.Options.EnumValues(key.GetType()).First(v => v.Member == key.ToString()).Json : $"{key}";
}
