using System.Globalization;
using System.Text.RegularExpressions;

namespace Latlab.Crds.Validation;

/// <summary>
/// An argument of the kernel's command line: <c>nohz_full=2-5</c>, <c>nosmt</c>, or a pool of huge pages, which takes two words that belong
/// together: <c>hugepagesz=1G hugepages=8</c>, or by NUMA node <c>hugepagesz=1G hugepages=0:4,1:4</c>
/// (<c>admin-guide/kernel-parameters.rst</c>). None has a character that a shell, a boot loader's configuration or the kernel's own quoting
/// could take for more than it is.
/// </summary>
/// <param name="Name">What it is about: the text before <c>=</c>; of a pool <c>hugepages:SIZE</c>.</param>
/// <param name="Value">The text after <c>=</c>; null for a flag.</param>
public sealed partial record KernelArgument(string Name, string? Value)
{
    /// <summary>Most characters of one argument.</summary>
    public const int MaxLength = 512;

    /// <summary>Most characters of a value, as <see cref="Pattern"/> has it.</summary>
    private const int MaxValue = 440;

    /// <summary>
    /// Most characters of all, with blanks between them: kernels take 2,048 on most machines, and the boot loader's own come first.
    /// </summary>
    public const int MaxTotal = 1536;

    /// <summary>What an argument may look like. The kernel takes dashes in names for underscores; here each has but one name.</summary>
    public const string Pattern =
        "^(hugepagesz=[0-9]{1,4}[KMG] hugepages=([0-9]{1,7}|[0-9]{1,4}:[0-9]{1,7}(,[0-9]{1,4}:[0-9]{1,7}){0,31})|"
        + "[A-Za-z][A-Za-z0-9_.]{0,63}(=[A-Za-z0-9_.,:/@+*^~-]{1,440})?)$";

    private const string PoolPrefix = "hugepages:";

    /// <summary>Size of the pages of a pool, as the kernel writes it (<c>1G</c>); null of any other argument.</summary>
    public string? PoolSize => Name.StartsWith(PoolPrefix, StringComparison.Ordinal) ? Name[PoolPrefix.Length..] : null;

    /// <summary>
    /// The pages of a pool by NUMA node; of one whose pages the kernel spreads over all nodes by itself, all of them, with null for the
    /// node. Empty for any other argument.
    /// </summary>
    public IReadOnlyList<(int? Node, long Count)> Pages => PoolSize is null || Value is null ? [] :
    [
        .. Value.Split(',').Select(part => part.Split(':')).Select(parts => (
            parts.Length == 2 ? int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture) : (int?)null,
            long.Parse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture))),
    ];

    /// <summary>As it stands on the command line.</summary>
    public override string ToString() => PoolSize is { } size
        ? $"hugepagesz={size} hugepages={Value}"
        : Value is null ? Name : $"{Name}={Value}";

    /// <summary>Reads an argument; null when it is not one that latlab takes.</summary>
    public static KernelArgument? TryParse(string text)
    {
        if (text.EndsWith('\n') || text.Length > MaxLength || !Form().IsMatch(text))
        {
            return null;
        }

        if (Pool().Match(text) is { Success: true } pool)
        {
            return new(PoolPrefix + pool.Groups[1].Value, pool.Groups[2].Value);
        }

        var parts = text.Split('=', 2);
        return new(parts[0], parts.Length == 2 ? parts[1] : null);
    }

    /// <summary>Everything that is wrong with arguments.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="path">Their field.</param>
    public static IEnumerable<Refusal> Check(IReadOnlyList<string> arguments, string path)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, text) in arguments.Index())
        {
            var field = $"{path}[{i}]";
            if (text.Length > MaxValue && TryParse(text) is null)
            {
                yield return new Refusal(field, text, $"has {text.Length} characters, and a value may have {MaxValue}", "write CPUs as ranges, or fewer of them");
            }
            else if (TryParse(text) is not { } argument)
            {
                yield return new Refusal(
                    field, text, "is no argument that can be set",
                    "write NAME, NAME=VALUE, hugepagesz=1G hugepages=8 or, by NUMA node, hugepages=0:4,1:4; "
                        + "without quotes, blanks, $, ` and ;, and names with _ instead of -");
            }
            else if (Refusal(argument) is { } why)
            {
                yield return new Refusal(field, text, why, "take it out of the spec, and set it on the node yourself if you need it");
            }
            else if (!names.TryAdd(argument.Name, i))
            {
                yield return new Refusal(field, text, $"is about the same as {path}[{names[argument.Name]}]", "write each argument once");
            }
        }

        var total = arguments.Sum(argument => argument.Length + 1);
        if (total > MaxTotal)
        {
            yield return new Refusal(path, $"{total} characters", $"is longer than {MaxTotal} characters", "write CPUs as ranges, or fewer arguments");
        }
    }

    private static string? Refusal(KernelArgument argument)
    {
        if (argument.Pages.GroupBy(pages => pages.Node).FirstOrDefault(pages => pages.Count() > 1) is { Key: var node })
        {
            return $"has NUMA node {node} twice";
        }

        if (argument.Name is "isolcpus" or "nohz_full" or "rcu_nocbs" && argument.Value is { } value)
        {
            if (Cpus(value) is not { } cpus)
            {
                return "names CPUs in a form that cannot be held against what the kernel made of it: write numbers and rising ranges, e.g. 2-5,8";
            }

            // Callbacks of CPU 0 may be anywhere.
            if (cpus[0] == 0 && argument.Name != "rcu_nocbs")
            {
                return "has CPU 0, which the kernel needs for its own work";
            }
        }

        return ForbiddenArguments.Reason(argument);
    }

    /// <summary>The words before CPUs in a value: <c>managed_irq</c> and <c>domain</c> of <c>managed_irq,domain,2-5</c>.</summary>
    public static IEnumerable<string> Flags(string value) => value.Split(',').TakeWhile(part => part.Length > 0 && char.IsAsciiLetter(part[0]));

    /// <summary>The CPUs at the end of a value, after flags: <c>managed_irq,domain,2-5</c>; null when it ends in none.</summary>
    public static IReadOnlyList<int>? Cpus(string value)
    {
        var first = Flags(value).Sum(flag => flag.Length + 1);
        return first < value.Length && CpuList.TryParse(value[first..], out var cpus) ? cpus : null;
    }

    [GeneratedRegex(Pattern)]
    private static partial Regex Form();

    [GeneratedRegex("^hugepagesz=([0-9]{1,4}[KMG]) hugepages=([0-9:,]+)$")]
    private static partial Regex Pool();
}
