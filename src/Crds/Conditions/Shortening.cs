namespace Latlab.Crds.Conditions;

/// <summary>Cuts texts that users read to a length that fits.</summary>
internal static class Shortening
{
    /// <summary>The text, or its beginning and an ellipsis: never more than <paramref name="most"/> characters.</summary>
    public static string Shortened(this string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        // Not between the two halves of a character beyond the basic plane: half of one is no text.
        var kept = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..kept] + "…";
    }
}
