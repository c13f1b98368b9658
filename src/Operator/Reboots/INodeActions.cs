namespace Latlab.Operator.Reboots;

/// <summary>
/// What is done to nodes. Each reads the node and writes only what it is about, with the version that it read: a conflict is an
/// <see cref="Runtime.ApiException"/>, and a node that is gone is left.
/// </summary>
internal interface INodeActions
{
    /// <summary>
    /// Makes the node unschedulable in the name of a NodeTuning. One that somebody else cordoned stays as it is, and theirs.
    /// </summary>
    public Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken);

    /// <summary>Takes the cordon of that NodeTuning away; any other stays.</summary>
    public Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken);

    /// <summary>Writes the annotation of <see cref="RebootBudget"/>, which must still be the one that was seen: else a conflict.</summary>
    public Task CountRebootAsync(string node, string? seen, string counted, CancellationToken cancellationToken);

    /// <summary>Sets the startup taint, unless it is there.</summary>
    public Task TaintAsync(string node, CancellationToken cancellationToken);

    /// <summary>Takes it away, if it is there.</summary>
    public Task UntaintAsync(string node, CancellationToken cancellationToken);
}
