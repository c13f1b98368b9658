using System.CommandLine;
using Latlab.Measurement.Captures;

namespace Latlab.Cli.Commands;

/// <summary>How capture files are read: options of every command that reads frames from them.</summary>
internal sealed class CaptureFileOptions
{
    private readonly Option<bool> _follow = new("--follow") { Description = "The captures still grow: wait at their ends, up to 10 s without any more" };

    private readonly Option<bool> _trailer = new("--moonsniff-trailer")
    {
        Description = "Take the stamps from the 8 bytes that MoonSniff puts at the end of each frame",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_follow);
        command.Add(_trailer);
    }

    /// <summary>What the user said.</summary>
    public CaptureOptions Of(ParseResult result) => new()
    {
        Follow = result.GetValue(_follow) ? TimeSpan.FromSeconds(10) : null,
        MoonSniffTrailer = result.GetValue(_trailer),
    };
}
