namespace Latlab.Measurement.Matching;

/// <summary>A capture point.</summary>
public enum Tap
{
    /// <summary>Before the device under test.</summary>
    Ingress,

    /// <summary>After it.</summary>
    Egress,
}
