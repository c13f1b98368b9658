using System.Text.Json;
using k8s;
using k8s.Models;
using Latlab.Crds.Validation;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Webhooks;

/// <summary>
/// What is checked at admission for one kind: that its spec alone shows nothing wrong. The rules are the validator's, which the controllers
/// apply, too.
/// </summary>
/// <param name="kind">The kind.</param>
/// <param name="check">What is wrong with an object of it.</param>
internal sealed class AdmissionRule(EntityKind kind, Func<JsonElement, IReadOnlyList<Refusal>> check)
{
    /// <summary>Path of the webhook, as kubebuilder's users know it, e.g. <c>/validate-latlab-dev-v1alpha1-tunednode</c>.</summary>
    public string Path { get; } = $"/validate-{kind.Group.Replace('.', '-')}-{kind.Version}-{kind.Kind.ToLowerInvariant()}";

    public static AdmissionRule For<TEntity, TSpec>(SpecValidator<TSpec> validator)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>, ISpec<TSpec>
        where TSpec : class => new(EntityKind.Of<TEntity>(), entity => validator.Refusals(ApiJson.Deserialize<TEntity>(entity).Spec));

    /// <summary>
    /// Refuses only a wish that is wrong, and only when it is made: nothing of what is written while an object goes, or about an object
    /// whose spec stays what it is, can be refused. So neither deletion nor a finalizer hangs on a spec that an older version of latlab let
    /// in.
    /// </summary>
    public AdmissionAnswer Judge(AdmissionRequest request)
    {
        if (request.Kind?.Group != kind.Group || request.Kind.Kind != kind.Kind)
        {
            // Somebody changed the webhook's configuration. What is not ours to judge is not ours to block.
            return AdmissionAnswers.Allow(
                request,
                $"latlab has rules for {kind.Kind} here, and none for {request.Kind?.Kind} of {request.Kind?.Group}, which it let pass; take it out of "
                + $"ValidatingWebhookConfiguration {WebhookNames.Object}");
        }

        if (request is not { Operation: "CREATE" or "UPDATE", SubResource: null or "", Object: { ValueKind: JsonValueKind.Object } entity }
            || IsGoing(entity)
            || (request is { Operation: "UPDATE", OldObject: { ValueKind: JsonValueKind.Object } old } && SameSpec(old, entity)))
        {
            return AdmissionAnswers.Allow(request);
        }

        return AdmissionAnswers.Of(request, kind, Check(entity));
    }

    private IReadOnlyList<Refusal> Check(JsonElement entity)
    {
        try
        {
            return check(entity);
        }
        catch (JsonException exception)
        {
            // Another schema than this program's let it in.
            return [new Refusal(Field(exception.Path), "", "is of a kind that latlab cannot read", $"write what `kubectl explain {kind.Plural}.spec` says")];
        }
    }

    /// <summary>A JSON path as fields are named elsewhere: without the <c>$.</c> in front.</summary>
    private static string Field(string? path) => path is ['$', '.', .. var field] ? field : "spec";

    private static bool IsGoing(JsonElement entity) =>
        entity.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("deletionTimestamp", out var time) && time.ValueKind == JsonValueKind.String;

    private static bool SameSpec(JsonElement before, JsonElement after) =>
        before.TryGetProperty("spec", out var old) && after.TryGetProperty("spec", out var wish) && JsonElement.DeepEquals(old, wish);
}
