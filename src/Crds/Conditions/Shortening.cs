namespace Latlab.Crds.Conditions;

/// <summary>Cuts texts that users read to a length that fits.</summary>
public static class Shortening
{
    /// <summary>The text, or its beginning and an ellipsis: never more than <paramref name="most"/> characters.</summary>
    public static string Shortened(this string text, int most) => text.Shortened(most, "");

    /// <summary>The same, with a word behind the ellipsis that says where the whole text is; it counts beyond <paramref name="most"/>.</summary>
    public static string Shortened(this string text, int most, string where)
    {
        if (text.Length <= most)
        {
            return text;
        }

        // Not between the two halves of a character beyond the basic plane: half of one is no text.
        var kept = most < 2 ? 0 : char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return $"{text[..kept]}…{where}";
    }
}
