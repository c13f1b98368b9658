using System.Diagnostics.CodeAnalysis;

namespace Latlab.Crds.Schema;

/// <summary>What a CustomResourceDefinition says of a kind beside its schema.</summary>
/// <param name="Kind">Kind, e.g. <c>TunedNode</c>.</param>
/// <param name="Plural">Plural name in the URL, lower case.</param>
/// <param name="ShortName">Short name for kubectl.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
/// <param name="SpecType">Type of <c>.spec</c>.</param>
/// <param name="StatusType">Type of <c>.status</c>.</param>
/// <param name="ConditionsType">Class of constants with the condition types and their reasons.</param>
/// <param name="Description">One sentence for <c>kubectl explain</c>.</param>
/// <param name="Columns">Printer columns in the order in which kubectl shows them.</param>
public sealed record ResourceDefinition(
    string Kind,
    string Plural,
    string ShortName,
    bool Namespaced,
    Type SpecType,
    Type StatusType,
    [property: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)]
    [param: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)]
    Type ConditionsType,
    string Description,
    IReadOnlyList<PrinterColumn> Columns)
{
    /// <summary>
    /// Longest name that an object may have. Names end up as label values, which hold 63 characters; a kind whose objects give their name
    /// to others, with something added, leaves room for that.
    /// </summary>
    public int MaxNameLength { get; init; } = 63;
}

/// <summary>A column of <c>kubectl get</c>.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Type">OpenAPI type: <c>string</c>, <c>integer</c>, <c>date</c>.</param>
/// <param name="JsonPath">Where the value is, from the object's root.</param>
/// <param name="Priority">0 is shown always, 1 with <c>-o wide</c>.</param>
public sealed record PrinterColumn(string Name, string Type, string JsonPath, int Priority = 0)
{
    /// <summary>The column that ends every table.</summary>
    public static PrinterColumn Age { get; } = new("Age", "date", ".metadata.creationTimestamp");

    /// <summary>The status of a condition as a column.</summary>
    public static PrinterColumn Condition(string type, int priority = 0) =>
        new(type, "string", $".status.conditions[?(@.type==\"{type}\")].status", priority);
}
