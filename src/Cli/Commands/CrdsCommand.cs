using System.CommandLine;
using Latlab.Crds.Schema;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab crds</c>: writes what is generated from the API types, or checks that it is up to date.</summary>
internal static class CrdsCommand
{
    public static Command Create()
    {
        var output = new Option<DirectoryInfo[]>("--output")
        {
            Description = "Write a CustomResourceDefinition for each kind into these directories",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = true,
        };
        var docs = new Option<FileInfo?>("--docs") { Description = "Write the API reference into this file", HelpName = "FILE" };
        var check = new Option<string[]>("--check")
        {
            Description = "Write nothing; name what in these directories, or in this Markdown file, is stale, and then exit with 1",
            HelpName = "DIR|FILE.md",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "crds", "Generate CustomResourceDefinitions and API reference (without options: definitions to standard output)")
        {
            output, docs, check,
        };
        command.SetAction(result =>
        {
            var documentation = XmlDocumentation.OfApi();
            return result.GetValue(check) is { Length: > 0 } paths
                ? Check(paths, documentation, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error)
                : Write(result.GetValue(output) ?? [], result.GetValue(docs), documentation, result.InvocationConfiguration.Output);
        });
        return command;
    }

    private static int Write(DirectoryInfo[] directories, FileInfo? docs, XmlDocumentation documentation, TextWriter output)
    {
        var definitions = GeneratedFiles.Definitions(documentation);
        foreach (var directory in directories)
        {
            directory.Create();
            foreach (var (name, content) in definitions)
            {
                File.WriteAllText(Path.Combine(directory.FullName, name), content);
            }
        }

        if (docs is not null)
        {
            docs.Directory?.Create();
            File.WriteAllText(docs.FullName, new ApiReference(documentation).Write());
        }

        if (directories.Length == 0 && docs is null)
        {
            output.Write(string.Join("---\n", definitions.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => d.Value)));
        }

        return 0;
    }

    private static int Check(string[] paths, XmlDocumentation documentation, TextWriter output, TextWriter error)
    {
        var definitions = GeneratedFiles.Definitions(documentation);
        var stale = paths.SelectMany(path => path.EndsWith(".md", StringComparison.Ordinal)
            ? File.Exists(path) && File.ReadAllText(path) == new ApiReference(documentation).Write() ? [] : [path]
            : GeneratedFiles.Stale(path, definitions).Select(name => Path.Combine(path, name))).ToList();
        if (stale.Count == 0)
        {
            output.WriteLine("Generated files are up to date.");
            return 0;
        }

        stale.ForEach(path => error.WriteLine($"{path} is stale"));
        error.WriteLine($"Write them anew: {GeneratedFiles.Command}");
        return 1;
    }
}
