using Latlab.Crds.Validation;

namespace Latlab.Operator.Experiments;

/// <summary>Which images may be a forwarder: the operator's own, and those of the administrator's list.</summary>
internal static class ForwarderImages
{
    /// <summary>Why that image may not be used; null when it may, or when none is named.</summary>
    public static Refusal? Refusal(string? image, OperatorSettings settings) =>
        image is null || image == settings.ForwarderImage || settings.AllowedForwarderImages.Contains(image)
            ? null
            : new("spec.forwarder.image", image, "is not on the operator's list",
                $"use one of: {string.Join(", ", settings.AllowedForwarderImages.Prepend(settings.ForwarderImage))}; "
                + "an administrator extends the list by the chart's value forwarder.allowedImages");
}
