using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Journal;

namespace Latlab.NodeAgent.Host;

/// <summary>What a knob may touch. Made anew for each look at the host, as the table of links is kept in it.</summary>
/// <param name="host">The host.</param>
/// <param name="journal">What is known of it from before; null for nothing.</param>
/// <param name="seen">What knobs noted in this process's former looks; null for nothing.</param>
internal sealed class HostView(IHost host, JournalState? journal = null, IDictionary<string, object>? seen = null)
{
    private readonly Dictionary<object, object> _found = [];

    public IHost Files { get; } = host;

    public Links Links { get; } = new(host);

    /// <summary>How the host boots, looked at once.</summary>
    public BootView Boot(Bootloader choice) => Once(choice, () => BootView.Read(Files, choice));

    public Network Network { get; } = new(host);

    /// <summary>By knob, what it wants to know again at the next look, for a remark: gone with the process.</summary>
    public IDictionary<string, object> Seen { get; } = seen ?? new Dictionary<string, object>();

    public JournalState Journal { get; } = journal ?? JournalState.Empty;

    /// <summary>
    /// Numbers of a <see cref="Knobs.Files.NumberedKnob"/> that the kernel would not set in this look's writes, and never will, and what
    /// they are of.
    /// </summary>
    public IDictionary<int, string> Immovable { get; } = new SortedDictionary<int, string>();

    /// <summary>What was found for a question, found once for this look.</summary>
    public T Once<T>(object question, Func<T> find)
        where T : class
    {
        if (!_found.TryGetValue(question, out var answer))
        {
            _found[question] = answer = find();
        }

        return (T)answer;
    }
}
