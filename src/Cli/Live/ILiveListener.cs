using Latlab.Measurement.Live;

namespace Latlab.Cli.Live;

/// <summary>Takes what a tap captures, and is told of its end.</summary>
internal interface ILiveListener : ITapListener
{
    /// <summary>The capture is over. On the thread that ran the tap.</summary>
    public void Complete();
}
