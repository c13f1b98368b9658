namespace Latlab.Measurement.Synthesis;

/// <summary>A packet at a tap.</summary>
/// <param name="TimeNs">Its stamp.</param>
/// <param name="Number">Which packet, from 0; an unrelated one has a negative number.</param>
/// <param name="Flow">Its flow.</param>
/// <param name="After">Whether it is seen after the device.</param>
internal readonly record struct SyntheticEvent(long TimeNs, long Number, ushort Flow, bool After);
