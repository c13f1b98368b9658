using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace Latlab.EndToEnd.Tests;

/// <summary>Waits for what must become true.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>The first value that is not null; fails after the dead-line, saying what it saw last.</summary>
    public static async Task<T> GetAsync<T>(string what, TimeSpan patience, Func<Task<T?>> read, Func<Task<string>>? describe = null)
        where T : class
    {
        var deadline = TimeProvider.System.GetUtcNow() + patience;
        Exception? problem = null;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            try
            {
                problem = null;
                if (await read() is { } value)
                {
                    return value;
                }
            }
            catch (Exception e) when (e is XunitException or TimeoutException)
            {
                // One kubectl of hundreds may fail; the last one's words are told if it stays so.
                problem = e;
            }

            await Task.Delay(Interval);
        }

        Assert.Fail($"{what}: not within {patience}. {problem?.Message} {(describe is null ? "" : await describe())}");
        return null!;
    }

    public static Task TrueAsync(string what, TimeSpan patience, Func<Task<bool>> read, Func<Task<string>>? describe = null) =>
        GetAsync(what, patience, async () => await read() ? "yes" : null, describe);

    public static string? Condition(this JsonNode? entity, string type, string field = "status") =>
        entity?["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type)?[field]?.ToString();

    /// <summary>
    /// Packets that arrived, and those that the generator had to leave out, as the machine held it up for more than 100 ms: the planned
    /// number, when nothing was lost.
    /// </summary>
    public static long MatchedOfPlanned(this JsonNode results) => (long)results["matched"]! + (long)results["notSent"]! + (long)results["sendErrors"]!;
}
