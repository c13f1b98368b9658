namespace Latlab.Crds.NodeTunings;

/// <summary>
/// How the operator asks a node's agent to look at once, and then to keep still: annotations on the NodeTuning, as they are no wish and
/// must not raise its generation. A run asks before its traffic and after it, so that its verdict rests on values that were read then, and
/// not on the last periodic look.
/// </summary>
public static class ReadBackRequest
{
    /// <summary>Any text; a new one asks for a new look. The agent answers by <see cref="NodeTuningStatus.ReadBack"/>.</summary>
    public const string TokenAnnotation = ApiGroup.Name + "/read-back";

    /// <summary>
    /// Time (RFC 3339, UTC) up to which the agent makes no periodic look, so that it disturbs no measurement. Changes of the wish, a new
    /// token and deletion are looked at all the same.
    /// </summary>
    public const string QuietUntilAnnotation = ApiGroup.Name + "/quiet-until";
}
