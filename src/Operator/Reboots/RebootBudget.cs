using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Reboots;

/// <summary>
/// How often a node was let reboot for the same boot arguments of a TunedNode: an annotation on the Node, with an entry for each TunedNode.
/// A NodeTuning cannot keep it. It goes, e.g. as its selector is on a label that the tuning itself changes, and the next one would begin to
/// count anew, for ever.
/// </summary>
internal sealed record RebootBudget
{
    /// <summary>Name of the annotation. Who takes it away gives the node a new budget.</summary>
    public const string Annotation = ApiGroup.Name + "/reboots";

    /// <summary>TunedNodes that are gone leave their entries behind: the oldest are dropped.</summary>
    private const int MostEntries = 8;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Name of the TunedNode. Not its UID: one that is deleted and created again wishes the same.</summary>
    public string TunedNode { get; init; } = "";

    /// <summary>Hash of what a reboot would bring into effect.</summary>
    public string Wish { get; init; } = "";

    /// <summary>Boots that could be ended to bring it into effect.</summary>
    public int Reboots { get; init; }

    /// <summary>Boots that could be ended to take it out again.</summary>
    public int Restores { get; init; }

    /// <summary>The last of these boots.</summary>
    public string? BootId { get; init; }

    /// <summary>When it was counted.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Why the annotation says nothing; null when it can be read.</summary>
    [JsonIgnore]
    public string? Unreadable { get; init; }

    /// <summary>What is left for this NodeTuning on its node.</summary>
    public static RebootBudget Of(V1Node node, V1Alpha1NodeTuning tuning)
    {
        var none = new RebootBudget { TunedNode = tuning.Spec.TunedNode.Name, Wish = Hash(tuning.Spec) };
        try
        {
            return Entries(node).Find(entry => entry.TunedNode == none.TunedNode && entry.Wish == none.Wish) ?? none;
        }
        catch (JsonException exception)
        {
            // Counts that are lost must not let a node be rebooted again.
            return none with { Unreadable = exception.Message };
        }
    }

    /// <summary>The annotation as it stands; null when there is none.</summary>
    public static string? Text(V1Node node) => node.Metadata.Annotations?.TryGetValue(Annotation, out var text) == true ? text : null;

    /// <summary>How many were used up, of those that bring into effect or of those that take out.</summary>
    public int Spent(bool restoring) => restoring ? Restores : Reboots;

    /// <summary>Whether this boot may be ended. One that was counted may: its grant was not written, or went with its NodeTuning.</summary>
    public bool Allows(string bootId, bool restoring, int most) => Unreadable is null && (BootId == bootId || Spent(restoring) < most);

    /// <summary>With this boot counted.</summary>
    public RebootBudget Count(string bootId, bool restoring, DateTimeOffset now) => BootId == bootId ? this : this with
    {
        Reboots = Reboots + (restoring ? 0 : 1),
        Restores = Restores + (restoring ? 1 : 0),
        BootId = bootId,
        At = now,
    };

    /// <summary>The node's annotation with this entry in the place of what its TunedNode had.</summary>
    public string WriteTo(V1Node node) => JsonSerializer.Serialize(
        Entries(node).Where(entry => entry.TunedNode != TunedNode).Prepend(this).OrderByDescending(entry => entry.At).Take(MostEntries),
        Json);

    private static List<RebootBudget> Entries(V1Node node) =>
        Text(node) is { } text ? JsonSerializer.Deserialize<List<RebootBudget>>(text, Json) ?? [] : [];

    /// <summary>Of nothing but what needs a reboot: whatever else changes in the spec is no reason for another one.</summary>
    private static string Hash(NodeTuningSpec spec)
    {
        var wish = $"{spec.Boot?.Bootloader}\n{string.Join('\n', spec.Kernel?.Arguments ?? [])}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wish)))[..16];
    }
}
