namespace Latlab.Cli;

/// <summary>This program's name and version, for results.</summary>
internal static class Product
{
    public static string Name { get; } = "latlab " + (typeof(Product).Assembly.GetName().Version is { } version ? version.ToString(3) : "");
}
