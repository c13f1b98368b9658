using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Reboots;

/// <summary>
/// What the operator has to know of a node's reboot: an annotation on its NodeTuning, written only with the resource version that it was
/// read with. So an operator that was killed goes on where it was, and one whose cache is behind changes nothing. An annotation is no wish
/// and leaves the generation as it is.
/// </summary>
internal sealed record RebootRecord
{
    /// <summary>Name of the annotation.</summary>
    public const string Annotation = ApiGroup.Name + "/disruption";

    /// <summary>Value of <see cref="Unmet"/>: any knob.</summary>
    public const string Anything = "*";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<RebootPhase>() },
    };

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public RebootPhase Phase { get; init; }

    /// <summary>Generation of the TunedNode's spec that it is about.</summary>
    public long Generation { get; init; }

    /// <summary>Whether it is about the reboot out of a tuning that is being given up.</summary>
    public bool Restoring { get; init; }

    /// <summary>When the phase was entered.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The boot that the agent was let end last.</summary>
    public string? BootId { get; init; }

    /// <summary>When it was let.</summary>
    public DateTimeOffset? GrantedAt { get; init; }

    /// <summary>
    /// Knobs that were not in effect when the reboot was granted and that it was not for, one a line: whoever lacks them afterwards was not
    /// broken by it. <see cref="Anything"/> once the wish has changed since: nothing can be held against it then. Null when nobody noted it.
    /// </summary>
    public string? Unmet { get; init; }

    /// <summary>Reboots that this NodeTuning was let make, for people: what is left is <see cref="RebootBudget"/>'s to say.</summary>
    public int Reboots { get; init; }

    /// <summary>
    /// When the node's pods were asked to end for the last time, once the time for it was over; null before. On record, so that no operator
    /// gives up a drain that nobody tried while the lead changed hands.
    /// </summary>
    public DateTimeOffset? LastTryAt { get; init; }

    /// <summary>Times that the node could not be emptied.</summary>
    public int BlockedDrains { get; init; }

    /// <summary>When it is tried again.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Why the phase is what it is, for programs; null when it needs no explanation.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }

    [JsonIgnore]
    public bool HoldsSlot => Phase != RebootPhase.Idle;

    /// <summary>Whether the node's Lease is, or is about to be, the reboot's.</summary>
    [JsonIgnore]
    public bool HoldsLease => Phase is not (RebootPhase.Idle or RebootPhase.Failed);

    /// <summary>Whether somebody has to look at it before anything is done again.</summary>
    [JsonIgnore]
    public bool IsUnreadable { get; init; }

    /// <summary>The record of a node; one that is idle when nothing was ever written.</summary>
    public static RebootRecord Of(V1Alpha1NodeTuning? tuning)
    {
        if (tuning?.Metadata.Annotations?.TryGetValue(Annotation, out var text) != true)
        {
            return new RebootRecord();
        }

        try
        {
            return JsonSerializer.Deserialize<RebootRecord>(text!, Json) ?? new RebootRecord();
        }
        catch (JsonException exception)
        {
            // A reboot that may be under way must not be forgotten.
            return new RebootRecord
            {
                Phase = RebootPhase.Failed,
                Generation = tuning.Spec.TunedNode.Generation,
                Restoring = tuning.Metadata.DeletionTimestamp is not null,
                IsUnreadable = true,
                Reason = TunedNodeConditions.ReasonRebootExhausted,
                Message = $"the annotation {Annotation} of its NodeTuning cannot be read ({exception.Message}); "
                    + "take it away once the node is as it should be",
            };
        }
    }

    /// <summary>The NodeTuning with this record, and with the grant exactly as long as the agent may reboot.</summary>
    public V1Alpha1NodeTuning WriteTo(V1Alpha1NodeTuning tuning)
    {
        var copy = Runtime.ApiJson.Copy(tuning);
        var annotations = new Dictionary<string, string>(copy.Metadata.Annotations ?? new Dictionary<string, string>());
        annotations.Remove(RebootGrant.BootIdAnnotation);
        annotations.Remove(Annotation);
        annotations.Remove(RebootGrant.CountAnnotation);
        if (this != new RebootRecord())
        {
            annotations[Annotation] = JsonSerializer.Serialize(this, Json);
        }

        if (Reboots > 0)
        {
            annotations[RebootGrant.CountAnnotation] = Reboots.ToString(CultureInfo.InvariantCulture);
        }

        if (Phase == RebootPhase.Rebooting && BootId is not null)
        {
            annotations[RebootGrant.BootIdAnnotation] = BootId;
        }

        copy.Metadata.Annotations = annotations;
        return copy;
    }

    /// <summary>Whether it is about what is wished now.</summary>
    public bool IsAbout(V1Alpha1NodeTuning tuning) =>
        Generation == tuning.Spec.TunedNode.Generation && Restoring == tuning.Metadata.DeletionTimestamp is not null;

    /// <summary>The record of the same node for what is wished now: drains are counted anew, a reboot that is under way goes on.</summary>
    public RebootRecord For(V1Alpha1NodeTuning tuning)
    {
        if (IsAbout(tuning))
        {
            return this;
        }

        var isUnderWay = Phase is RebootPhase.Reserved or RebootPhase.Draining or RebootPhase.Rebooting or RebootPhase.Settling;
        return new RebootRecord
        {
            Generation = tuning.Spec.TunedNode.Generation,
            Restoring = tuning.Metadata.DeletionTimestamp is not null,
            Reboots = Reboots,
            Phase = isUnderWay ? Phase : RebootPhase.Idle,
            Since = isUnderWay ? Since : null,
            BootId = isUnderWay ? BootId : null,
            GrantedAt = isUnderWay ? GrantedAt : null,
            Unmet = Phase is RebootPhase.Rebooting or RebootPhase.Settling ? Anything : null,
        };
    }

    /// <summary>The record in another phase.</summary>
    public RebootRecord Enter(RebootPhase phase, DateTimeOffset now, string? reason = null, string? message = null) =>
        this with { Phase = phase, Since = now, LastTryAt = null, Reason = reason, Message = message };
}
