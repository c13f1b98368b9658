using System.Text.Json;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>
/// Keeps what a knob throws to that knob: a file that cannot be read, a text that nobody foresaw, or a mistake of ours is its failure, and
/// the others are set, and put back, all the same.
/// </summary>
internal static class Contained
{
    public static KnobReading ReadOf(Knob knob, HostView host) => Try(() => knob.Read(host), KnobReading.Failed);

    /// <summary>Why the write failed; null when it did not.</summary>
    public static string? WriteOf(Knob knob, HostView host, string value) => Try(() => knob.Write(host, value), problem => problem);

    /// <summary>What work comes to, or what is made of the reason why it came to nothing.</summary>
    public static T Try<T>(Func<T> work, Func<string, T> failed)
    {
        try
        {
            return work();
        }
        // IOException and all that the runtime throws for a mistake are SystemExceptions.
        catch (Exception e) when (e is (SystemException or JsonException) and not (OutOfMemoryException or OperationCanceledException))
        {
            return failed(e is IOException or UnauthorizedAccessException
                ? e.Message
                : $"a mistake in latlab kept it from being looked at or set ({e.GetType().Name}: {e.Message}); please report it; the other knobs go on");
        }
    }
}
