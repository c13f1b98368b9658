using System.Text.Json;

namespace Latlab.Operator.Runtime;

/// <summary>All objects of a kind at one moment.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">That moment: where a watch goes on.</param>
internal sealed record ObjectList(IReadOnlyList<JsonElement> Items, string ResourceVersion);
