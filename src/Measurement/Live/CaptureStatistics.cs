namespace Latlab.Measurement.Live;

/// <summary>A capture's counts since it was opened, by the kernel.</summary>
/// <param name="Received">Packets that passed the filter, dropped ones included (<c>ps_recv</c>).</param>
/// <param name="Dropped">Packets for which the kernel buffer had no room (<c>ps_drop</c>).</param>
/// <param name="DroppedByInterface">Packets that the device or its driver missed (<c>ps_ifdrop</c>).</param>
public readonly record struct CaptureStatistics(long Received, long Dropped, long DroppedByInterface)
{
    /// <summary>Packets that the capture missed.</summary>
    public long Missed => Dropped + DroppedByInterface;
}
