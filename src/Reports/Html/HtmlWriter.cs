using System.Net;
using System.Text;

namespace Latlab.Reports.Html;

/// <summary>Writes HTML. What it is given as text or as an attribute is always escaped: names come from files.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _page = new();
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element; attributes with a null value are left out.</summary>
    public HtmlWriter Start(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(element, attributes);
        _open.Push(element);
        return this;
    }

    /// <summary>Closes the element that was opened last.</summary>
    public HtmlWriter End()
    {
        var element = _open.Pop();
        _page.Append("</").Append(element).Append('>');
        if (element is not ("td" or "th" or "span" or "a" or "button" or "small" or "strong"))
        {
            _page.Append('\n');
        }

        return this;
    }

    /// <summary>Text.</summary>
    public HtmlWriter Text(string text)
    {
        _page.Append(Escape(text));
        return this;
    }

    /// <summary>An element that holds text and nothing else.</summary>
    public HtmlWriter Element(string element, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Start(element, attributes).Text(text).End();

    /// <summary>An element that is never closed: <c>img</c>, <c>meta</c>.</summary>
    public HtmlWriter Void(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(element, attributes);
        _page.Append('\n');
        return this;
    }

    /// <summary>Our own script, style or JSON, as it is.</summary>
    public HtmlWriter Raw(string trusted)
    {
        _page.Append(trusted);
        return this;
    }

    /// <summary>The page so far.</summary>
    public override string ToString() => _page.ToString();

    private void Tag(string element, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _page.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            if (value is not null)
            {
                _page.Append(' ').Append(name).Append("=\"").Append(Escape(value)).Append('"');
            }
        }

        _page.Append('>');
    }

    /// <summary>
    /// HTML has no place for control characters, nor for halves of characters; and text must not turn the order of what stands beside it.
    /// </summary>
    private static string Escape(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var strange = (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')) || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
            clean.Append(strange ? "\ufffd" : rune.ToString());
        }

        return WebUtility.HtmlEncode(clean.ToString());
    }
}
