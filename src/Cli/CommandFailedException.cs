namespace Latlab.Cli;

/// <summary>A command cannot do what it was asked to. The message names what was wrong, where, and the remedy.</summary>
internal sealed class CommandFailedException : Exception
{
    public CommandFailedException(string message)
        : base(message)
    {
    }

    public CommandFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public CommandFailedException()
    {
    }
}
