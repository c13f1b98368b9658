namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>Why a device must stay as it is.</summary>
/// <param name="Reason">What was found, and what to do.</param>
/// <param name="IsOfUse">Whether it is what the node's network was seen to need the device for, which may be away for but a moment.</param>
internal sealed record Objection(string Reason, bool IsOfUse = false);

/// <summary>Puts objections into readings.</summary>
internal static class Objections
{
    public static KnobReading Objected(this KnobReading reading, Objection? objection) =>
        reading with { Veto = objection?.Reason, VetoStays = objection?.IsOfUse == true };
}
