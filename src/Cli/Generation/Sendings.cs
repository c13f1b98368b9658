namespace Latlab.Cli.Generation;

/// <summary>What was sent in the window.</summary>
/// <param name="Sent">Packets that the kernel took.</param>
/// <param name="Refused">Packets that it had no room for; they are not sent again.</param>
/// <param name="NotSent">Packets that were too late, or still to come when it was told to stop.</param>
/// <param name="LengthNs">From the first to the last sending.</param>
/// <param name="MaxLatenessNs">Longest time by which one was handed to the kernel too late.</param>
/// <param name="LongestBurst">Most packets that were due at once.</param>
internal readonly record struct Sendings(long Sent, long Refused, long NotSent, long LengthNs, long MaxLatenessNs, long LongestBurst)
{
    /// <summary>Packets/s, from the first to the last.</summary>
    public long OfferedRate => Sent > 1 && LengthNs > 0 ? (long)((((Int128)(Sent - 1) * 1_000_000_000) + (LengthNs / 2)) / LengthNs) : Sent;
}
