using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>Something to do about a node. Each may be done again.</summary>
internal abstract record RebootStep(RebootNode Node)
{
    /// <summary>What to tell once it is done.</summary>
    public RebootNews? News { get; init; }

    /// <summary>Whether it is done only when the API server itself, and not a cache, has said what it rests on.</summary>
    public virtual bool NeedsTruth => false;

    /// <summary>Counts the node among those out of work. Nothing is done to it yet.</summary>
    internal sealed record TakeSlot(RebootNode Node, RebootRecord Record) : RebootStep(Node)
    {
        public override bool NeedsTruth => true;
    }

    /// <summary>Creates the node's Lease, so that no run begins.</summary>
    internal sealed record ReserveNode(RebootNode Node) : RebootStep(Node);

    /// <summary>Cordons the node, unless it is.</summary>
    internal sealed record Cordon(RebootNode Node, RebootRecord Record) : RebootStep(Node)
    {
        public override bool NeedsTruth => true;
    }

    /// <summary>Asks for the end of pods, and writes the record with what keeps them.</summary>
    internal sealed record Evict(RebootNode Node, RebootRecord Record, IReadOnlyList<V1Pod> Pods) : RebootStep(Node);

    /// <summary>Counts the reboot, then lets the agent make it.</summary>
    internal sealed record Grant(RebootNode Node, RebootRecord Record, RebootBudget Budget) : RebootStep(Node)
    {
        public override bool NeedsTruth => true;
    }

    /// <summary>Writes down what became of it.</summary>
    internal sealed record Note(RebootNode Node, RebootRecord Record) : RebootStep(Node);

    /// <summary>Writes the record, then gives the node back to its work and frees its Lease.</summary>
    internal sealed record Release(RebootNode Node, RebootRecord Record) : RebootStep(Node)
    {
        public override bool NeedsTruth => true;
    }

    /// <summary>Sets the startup taint.</summary>
    internal sealed record Taint(RebootNode Node) : RebootStep(Node);

    /// <summary>Takes it away.</summary>
    internal sealed record Untaint(RebootNode Node) : RebootStep(Node);
}

/// <summary>An event.</summary>
internal sealed record RebootNews(EventType Type, string Reason, string Message);
