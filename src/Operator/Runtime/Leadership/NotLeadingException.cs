namespace Latlab.Operator.Runtime;

/// <summary>A replica that does not lead was about to write.</summary>
internal sealed class NotLeadingException(string message) : InvalidOperationException(message);
