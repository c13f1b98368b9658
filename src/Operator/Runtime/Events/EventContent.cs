namespace Latlab.Operator.Runtime;

/// <summary>What an event says about whom: equal contents are one Event.</summary>
internal sealed record EventContent(string Uid, EventType Type, string Reason, string Message);
