using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Latlab.Operator.Runtime;

/// <summary>Lists and watches the objects of a kind, as raw JSON.</summary>
internal sealed class ListWatch(
    EntityKind kind, string? @namespace, string? labelSelector, ApiConnection connection, OperatorRuntimeOptions options, TimeProvider time)
{
    /// <summary>Reads all objects in pages.</summary>
    public async Task<ObjectList> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(options.ListPageSize, cancellationToken);
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.Gone)
        {
            // The snapshot that the pages come from expired between two of them; one page cannot expire.
            return await ListAsync(limit: 0, cancellationToken);
        }
    }

    /// <summary>
    /// Changes since <paramref name="resourceVersion"/>, until the server ends the watch, which it does after some minutes.
    /// </summary>
    /// <param name="resourceVersion">Where the list, or the last watch, ended.</param>
    /// <param name="opened">Called once the server has agreed.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="ApiException">The server refused the watch.</exception>
    /// <exception cref="TimeoutException">Nothing came for too long: not even a bookmark, or no answer at all.</exception>
    /// <exception cref="JsonException">A line was cut off or is not JSON.</exception>
    public async IAsyncEnumerable<WatchLine> WatchAsync(
        string resourceVersion, Action opened, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Spread, so that watches that started together do not all end together.
        var seconds = (int)(options.WatchTimeout.TotalSeconds * (1 + Random.Shared.NextDouble()));
        var path = $"{Path()}&watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds.ToString(CultureInfo.InvariantCulture)}"
            + $"&resourceVersion={Uri.EscapeDataString(resourceVersion)}";
        using var idle = new CancellationTokenSource(options.WatchIdleTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        using var response = await WithinAsync(connection.OpenAsync(HttpMethod.Get, path, null, end.Token), cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(end.Token));
        opened();
        while (await WithinAsync(reader.ReadLineAsync(end.Token).AsTask(), cancellationToken) is { } line)
        {
            idle.CancelAfter(options.WatchIdleTimeout);
            var json = JsonElement.Parse(line);
            yield return new(json.GetProperty("type").GetString() ?? "", json.GetProperty("object"));
        }
    }

    private async Task<ObjectList> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        string? next = null;
        while (true)
        {
            var page = JsonElement.Parse(await connection.SendAsync(HttpMethod.Get, PagePath(limit, next), null, cancellationToken));
            if (page.GetProperty("items") is { ValueKind: JsonValueKind.Array } array)
            {
                items.AddRange(array.EnumerateArray());
            }

            var metadata = page.GetProperty("metadata");
            next = metadata.TryGetProperty("continue", out var token) ? token.GetString() : null;
            if (string.IsNullOrEmpty(next))
            {
                return new(items, metadata.GetProperty("resourceVersion").GetString()!);
            }
        }
    }

    private string PagePath(int limit, string? next)
    {
        var path = limit == 0 ? Path() : $"{Path()}&limit={limit.ToString(CultureInfo.InvariantCulture)}";
        return next is null ? path : $"{path}&continue={Uri.EscapeDataString(next)}";
    }

    private string Path() => $"{kind.CollectionPath(@namespace)}?labelSelector={Uri.EscapeDataString(labelSelector ?? "")}";

    private async Task<TResult> WithinAsync<TResult>(Task<TResult> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came on the watch of {kind.Plural} for {options.WatchIdleTimeout.TotalSeconds:0.#} s", exception);
        }
    }
}
