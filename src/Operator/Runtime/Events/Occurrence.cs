using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>An event that waits to be sent.</summary>
/// <param name="About">The object that it is about.</param>
/// <param name="Said">What it says.</param>
/// <param name="At">When it happened, UTC.</param>
internal sealed record Occurrence(V1ObjectReference About, EventContent Said, DateTime At)
{
    public override string ToString() => $"{About.Kind} {new EntityKey(About.NamespaceProperty, About.Name)} ({Said.Reason}: {Said.Message})";
}
