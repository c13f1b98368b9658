using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Latlab.ApiServer.Tests.Reboots.Rollout;

/// <summary>
/// Requests by verb and resource. Watches, and the renewals of the leader's Lease, come with time and not with nodes: they are left out.
/// </summary>
internal sealed class RequestCounts(string leaderLease)
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public int Total => _counts.Values.Sum();

    public void Clear() => _counts.Clear();

    public void Note(HttpRequest request)
    {
        if (request.Query["watch"] != "true" && Kind(request) is { } kind)
        {
            _counts.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        }
    }

    public override string ToString() =>
        string.Join(", ", _counts.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {count.Value}"));

    private string? Kind(HttpRequest request)
    {
        // api/VERSION/... or apis/GROUP/VERSION/..., then maybe namespaces/NAME, then RESOURCE[/NAME[/SUBRESOURCE]].
        var path = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var resource = path.Skip(path[0] == "api" ? 2 : 3).ToArray();
        resource = resource is ["namespaces", _, _, ..] ? resource[2..] : resource;
        return resource switch
        {
            ["leases", var name] when name == leaderLease => null,
            [var plural] when request.Method == "GET" => $"LIST {plural}",
            [var plural] => $"{request.Method} {plural}",
            [var plural, _] => $"{request.Method} {plural}",
            [var plural, _, var sub, ..] => $"{request.Method} {plural}/{sub}",
            _ => $"{request.Method} {request.Path}",
        };
    }
}
