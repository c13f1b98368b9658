namespace Latlab.Operator.Runtime;

/// <summary>Whether somebody should look.</summary>
internal enum EventType
{
    Normal,
    Warning,
}
