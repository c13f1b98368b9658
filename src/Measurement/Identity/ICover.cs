namespace Latlab.Measurement.Identity;

/// <summary>What a preset covers, for <see cref="FastKeyer{TCover}"/>: constants once that is compiled.</summary>
internal interface ICover
{
    public static abstract CoveredPart Part { get; }

    public static abstract bool MasksHeaders { get; }
}

/// <summary>Where the covered bytes start. All end where the IP header says.</summary>
internal enum CoveredPart
{
    Frame,
    Ip,
    Payload,
}

/// <summary><see cref="IdentityPreset.Exact"/>.</summary>
internal readonly struct ExactCover : ICover
{
    public static CoveredPart Part => CoveredPart.Frame;

    public static bool MasksHeaders => false;
}

/// <summary><see cref="IdentityPreset.L2"/>.</summary>
internal readonly struct L2Cover : ICover
{
    public static CoveredPart Part => CoveredPart.Ip;

    public static bool MasksHeaders => false;
}

/// <summary><see cref="IdentityPreset.L3"/>.</summary>
internal readonly struct L3Cover : ICover
{
    public static CoveredPart Part => CoveredPart.Ip;

    public static bool MasksHeaders => true;
}

/// <summary><see cref="IdentityPreset.Nat"/>.</summary>
internal readonly struct NatCover : ICover
{
    public static CoveredPart Part => CoveredPart.Payload;

    public static bool MasksHeaders => false;
}
