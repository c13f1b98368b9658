using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cli;

/// <summary>Form of what a verb prints.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}

/// <summary>Prints ledgers and plans.</summary>
internal static class Output
{
    public static void Ledger(TextWriter output, OutputFormat format, NodeTuningStatus status)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(status, OutputJson.Default.NodeTuningStatus));
            return;
        }

        LedgerText.Write(output, status.Ledger);
    }

    public static void Plan(TextWriter output, OutputFormat format, PlanReport plan)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(plan, OutputJson.Default.PlanReport));
        }
        else if (plan.Steps.Count == 0)
        {
            output.WriteLine("nothing to do");
        }
        else
        {
            Table(output, ["ACTION", "KNOB", "FROM", "TO", "REBOOT"], plan.Steps.Select(step => new[]
            {
                step.Action, step.Knob, step.From ?? "-", step.To ?? "-", step.NeedsReboot ? "needed" : "-",
            }));
        }
    }

    public static void Table(TextWriter output, string[] heading, IEnumerable<string[]> rows)
    {
        string[][] lines = [heading, .. rows];
        var widths = Enumerable.Range(0, heading.Length).Select(column => lines.Max(line => line[column].Length)).ToList();
        foreach (var line in lines)
        {
            output.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}

/// <summary>The JSON that verbs print.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeTuningStatus))]
[JsonSerializable(typeof(PlanReport))]
internal sealed partial class OutputJson : JsonSerializerContext;
