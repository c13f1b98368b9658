using System.Net;
using System.Text.Json;

namespace Latlab.NodeAgent.Cluster;

/// <summary>One line of a watch.</summary>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c> or <c>BOOKMARK</c>.</param>
/// <param name="Object">The object; of a bookmark only the version.</param>
internal sealed record WatchEvent(string Type, NodeTuning Object)
{
    public bool IsBookmark => Type == "BOOKMARK";

    public bool IsDeletion => Type == "DELETED";

    /// <exception cref="ClusterException">The line is the server's error, e.g. 410 when it no longer knows the version.</exception>
    public static WatchEvent Parse(string line)
    {
        var frame = JsonSerializer.Deserialize(line, ClusterJson.Default.JsonElement);
        var type = frame.GetProperty("type").GetString()!;
        var body = frame.GetProperty("object");
        if (type == "ERROR")
        {
            var code = body.TryGetProperty("code", out var number) ? number.GetInt32() : 500;
            throw new ClusterException((HttpStatusCode)code, $"watch: {body.GetRawText()}");
        }

        return new(type, body.Deserialize(ClusterJson.Default.NodeTuning)!);
    }
}
