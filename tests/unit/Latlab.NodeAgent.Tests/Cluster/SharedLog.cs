namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>Written by the watcher's thread while the test reads it.</summary>
internal sealed class SharedLog : StringWriter
{
    private readonly Lock _gate = new();

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            base.WriteLine(value);
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return base.ToString();
        }
    }
}
