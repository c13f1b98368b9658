using k8s.Models;
using Latlab.Crds.Validation;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Webhooks;

/// <summary>Answers to the API server.</summary>
internal static class AdmissionAnswers
{
    /// <summary>As many as a message has: a spec may be wrong in thousands of places.</summary>
    private const int MostCauses = 20;

    public static AdmissionAnswer Allow(AdmissionRequest request, params string[] warnings) =>
        new() { Uid = request.Uid ?? "", Allowed = true, Warnings = warnings is [] ? null : warnings };

    /// <summary>
    /// No when there are refusals: each is a cause with its field, as the API server's own validation has them, so that tools show both
    /// alike.
    /// </summary>
    public static AdmissionAnswer Of(AdmissionRequest request, EntityKind kind, IReadOnlyList<Refusal> refusals) => refusals.Count == 0
        ? Allow(request)
        : new()
        {
            Uid = request.Uid ?? "",
            Allowed = false,
            Status = new AdmissionStatus
            {
                Code = StatusCodes.Status422UnprocessableEntity,
                Reason = "Invalid",
                Message = Refusal.Message(refusals),
                Details = new V1StatusDetails
                {
                    Group = kind.Group,
                    Kind = kind.Kind,
                    Name = request.Name,
                    Causes = [.. refusals.Take(MostCauses).Select(Cause)],
                },
            },
        };

    /// <summary>kubectl writes the field before the message.</summary>
    private static V1StatusCause Cause(Refusal refusal) => new()
    {
        Reason = "FieldValueInvalid",
        Field = refusal.Field,
        Message = refusal.WithoutField,
    };
}
