using System.Globalization;

namespace Latlab.NodeAgent.Reporting;

/// <summary>Plain lines for operators of the machine: time, level, text.</summary>
internal sealed class AgentLog(TextWriter output, TimeProvider clock)
{
    public void Information(string text) => Line("info", text);

    public void Warning(string text) => Line("warn", text);

    public void Error(string text) => Line("fail", text);

    private void Line(string level, string text) =>
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {level} {text.ReplaceLineEndings(" ")}"));
}
