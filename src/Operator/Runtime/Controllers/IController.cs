namespace Latlab.Operator.Runtime;

/// <summary>Reconciles the objects of a kind.</summary>
internal interface IController
{
    public string Name { get; }

    /// <summary>Reconciles until <see cref="Close"/>, or until cancelled, which cancels running reconciles.</summary>
    public Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Starts no further reconcile.</summary>
    public void Close();
}
