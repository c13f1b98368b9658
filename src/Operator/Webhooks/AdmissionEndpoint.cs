using System.Text.Json;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Webhooks;

/// <summary>Reads the API server's question from a request and writes the answer.</summary>
internal static class AdmissionEndpoint
{
    /// <summary>
    /// Most bytes of a question: the new and the old object, of at most 3 MiB each at the API server, which is also its own limit for a
    /// request's body.
    /// </summary>
    public const int MostBytes = 7 * 1024 * 1024;

    /// <summary>An <see cref="AdmissionReview"/> with an answer; 400 for what is none, 413 for what is too long.</summary>
    public static async Task<IResult> AnswerAsync(AdmissionRule rule, HttpRequest request, CancellationToken cancellationToken)
    {
        AdmissionReview review;
        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            review = ApiJson.Deserialize<AdmissionReview>(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (JsonException exception)
        {
            return Malformed($"the body is not an AdmissionReview: {exception.Message}");
        }

        if (review is not { ApiVersion: AdmissionReview.Version, Kind: nameof(AdmissionReview) })
        {
            return Malformed($"the body is {review.Kind} of {review.ApiVersion}, not {nameof(AdmissionReview)} of {AdmissionReview.Version}");
        }

        if (review.Request is not { Uid: { Length: > 0 } } question)
        {
            return Malformed("the AdmissionReview has no request with a uid");
        }

        return Results.Bytes(ApiJson.Serialize(new AdmissionReview { Response = rule.Judge(question) }), "application/json");
    }

    private static IResult Malformed(string what) => Results.Text(
        $"latlab-operator: {what}; this address is for Kubernetes' API server, by the ValidatingWebhookConfiguration {WebhookNames.Object} of the chart\n",
        statusCode: StatusCodes.Status400BadRequest);
}
