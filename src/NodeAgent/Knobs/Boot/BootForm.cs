using Latlab.Crds.Validation;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>
/// Which arguments something is about, as people read it: forms with commas between, each with the values that count
/// (<c>mce=ignore_ce</c>, <c>psi=0|off</c>), or with capital letters for any value (<c>nohz_full=CPUS</c>), in brackets when it may be left out.
/// </summary>
internal sealed class BootForm(string text)
{
    private readonly List<Func<KernelArgument, bool>> _alternatives = [.. text.Split(", ").Select(Alternative)];

    public bool Matches(KernelArgument argument) => _alternatives.Exists(matches => matches(argument));

    public override string ToString() => text;

    private static Func<KernelArgument, bool> Alternative(string form)
    {
        if (form.Contains(' ', StringComparison.Ordinal))
        {
            return argument => argument.PoolSize is not null;
        }

        var end = form.IndexOfAny(['=', '[']) is var index && index < 0 ? form.Length : index;
        var (name, rest) = (form[..end], form[end..]);
        var isAny = rest.Any(char.IsAsciiLetterUpper);
        var values = rest.Trim('[', '=', ']').Split('|');
        return argument => (name.Any(char.IsAsciiLetterUpper) ? argument.Name.Contains('.', StringComparison.Ordinal) : argument.Name == name)
            && (argument.Value is null
                ? rest.Length == 0 || rest[0] == '['
                : rest.Length > 0 && (isAny || argument.Value.Split(',').Intersect(values).Any()));
    }
}
