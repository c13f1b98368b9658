namespace Latlab.Operator.Runtime;

/// <summary>A candidacy.</summary>
/// <param name="Acquired">Completes when this replica leads.</param>
/// <param name="Ended">Completes when it led and no longer does, or when the candidacy was cancelled.</param>
internal sealed record LeaderTerm(Task Acquired, Task Ended);
