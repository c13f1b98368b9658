namespace Latlab.Operator.Runtime;

/// <summary>Something beside the informers that must be there before the process is ready.</summary>
internal interface IReadiness
{
    /// <summary>What it waits for; null when it is ready.</summary>
    public string? NotReady { get; }
}
