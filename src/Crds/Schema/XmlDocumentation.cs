using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Latlab.Crds.Schema;

/// <summary>
/// Summaries from the documentation file that the compiler writes beside an assembly: the one source of what <c>kubectl explain</c> and the
/// reference say.
/// </summary>
public sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, XElement> _summaries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _inherited = new(StringComparer.Ordinal);

    /// <summary>Takes the text of documentation files.</summary>
    /// <exception cref="System.Xml.XmlException">One is not well-formed.</exception>
    public XmlDocumentation(params IEnumerable<string> files)
    {
        foreach (var member in files.SelectMany(f => XDocument.Parse(f, LoadOptions.PreserveWhitespace).Descendants("member")))
        {
            var id = (string?)member.Attribute("name") ?? "";
            if (member.Element("summary") is { } summary)
            {
                _summaries[id] = summary;
            }
            else if ((string?)member.Element("inheritdoc")?.Attribute("cref") is { } cref)
            {
                _inherited[id] = cref;
            }
        }
    }

    /// <summary>Reads the documentation file of this assembly from the folder of the program.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static XmlDocumentation OfApi()
    {
        var path = Path.Combine(AppContext.BaseDirectory, typeof(XmlDocumentation).Assembly.GetName().Name + ".xml");
        return File.Exists(path)
            ? new XmlDocumentation(File.ReadAllText(path))
            : throw new FileNotFoundException(
                $"{path} is missing: descriptions come from it. Build with GenerateDocumentationFile, or run from the build's own folder.",
                path);
    }

    /// <summary>The summary of a member as one line of plain text.</summary>
    /// <param name="id">Documentation id, e.g. <c>P:Namespace.Type.Property</c>.</param>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public string Text(string id) => Flatten(Find(id), code => code);

    /// <summary>The summary of a member as one line of Markdown that fits into a table cell.</summary>
    /// <param name="id">Documentation id.</param>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public string Markdown(string id) => Flatten(Find(id), code => $"`{code}`").Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Documentation id of a type, or with a name of one of its fields (<c>F</c>) or properties (<c>P</c>).</summary>
    internal static string Id(char kind, Type type, string? member = null)
    {
        var name = type.FullName!.Replace('+', '.');
        return member is null ? $"{kind}:{name}" : $"{kind}:{name}.{member}";
    }

    private XElement Find(string id)
    {
        // An inheritdoc chain is as long as its author made it; a circle ends when every link was followed once.
        var at = id;
        for (var links = 0; links <= _inherited.Count; links++)
        {
            if (_summaries.TryGetValue(at, out var summary))
            {
                return summary;
            }

            if (!_inherited.TryGetValue(at, out var next))
            {
                break;
            }

            at = next;
        }

        throw new InvalidOperationException($"{id} has no summary; write one: it becomes the field's description");
    }

    private string Flatten(XElement summary, Func<string, string> code)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
        {
            _ = node switch
            {
                XText t => text.Append(t.Value),
                XElement { Name.LocalName: "c" } c => text.Append(code(c.Value)),
                XElement { Name.LocalName: "see" } see when (string?)see.Attribute("cref") is { } cref =>
                    text.Append(Reference(cref, code)),
                XElement { Name.LocalName: "see" } see => text.Append(code((string?)see.Attribute("langword") ?? see.Value)),
                XElement element => text.Append(' ').Append(Flatten(element, code)).Append(' '),
                _ => text,
            };
        }

        return Blanks().Replace(text.ToString(), " ").Trim();
    }

    private string Reference(string cref, Func<string, string> code)
    {
        var name = cref[(cref.LastIndexOf('.') + 1)..];
        return cref[0] switch
        {
            'P' => code(JsonNamingPolicy.CamelCase.ConvertName(name)),
            // Who reads a description cannot look into a class of constants: say the condition types themselves.
            'T' when name.EndsWith("Conditions", StringComparison.Ordinal) => string.Join(", ", ConditionTypes(cref).Select(code)),
            _ => code(name),
        };
    }

    private IEnumerable<string> ConditionTypes(string cref)
    {
        var prefix = "F" + cref[1..] + ".";
        return _summaries.Keys
            .Where(id => id.StartsWith(prefix, StringComparison.Ordinal))
            .Select(id => id[prefix.Length..])
            .Where(name => !name.StartsWith("Reason", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
