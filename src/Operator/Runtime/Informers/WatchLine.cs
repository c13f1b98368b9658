using System.Text.Json;

namespace Latlab.Operator.Runtime;

/// <summary>A line of a watch.</summary>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c>, <c>BOOKMARK</c> or <c>ERROR</c>.</param>
/// <param name="Object">The object as it is now (or last was), only its version, or the error's Status.</param>
internal readonly record struct WatchLine(string Type, JsonElement Object);
