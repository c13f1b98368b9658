using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>
/// Agent, kubelet and kernel of a node, pure. Each generation of a spec needs a reboot, and so does its end. A reboot takes some looks, and
/// an agent that has crashed is away for some.
/// </summary>
internal sealed class FakeNode(string life, int seed)
{
    private const int LongestReboot = 6;
    private const int LongestRestart = 6;
    private readonly Random _chance = new(seed);
    private int _boot = 1;
    private long _booted;
    private int _down;
    private int _away;

    /// <summary>Whether its next reboot takes longer than it may: until the operator has given it up.</summary>
    public bool IsLate { get; set; }

    public string BootId => $"{life}-{_boot}";

    /// <summary>What it does next.</summary>
    /// <param name="tuning">Its NodeTuning.</param>
    /// <param name="crashes">Part of looks at which the agent crashes.</param>
    /// <param name="isStubborn">Whether its kernel drops the arguments.</param>
    public FakeAct Look(V1Alpha1NodeTuning tuning, double crashes, bool isStubborn)
    {
        if (_down > 0)
        {
            return Boot(tuning, isStubborn);
        }

        if (_away > 0)
        {
            _away--;
            return new FakeAct.Nothing();
        }

        if (_chance.NextDouble() < crashes)
        {
            _away = _chance.Next(LongestRestart);
            return new FakeAct.Nothing();
        }

        var status = StatusOf(tuning);
        if (tuning.Status is not { } known || known.BootId != status.BootId || known.ObservedGeneration != status.ObservedGeneration
            || status.Conditions.Any(wanted => known.Conditions.Get(wanted.Type)?.Status != wanted.Status))
        {
            return new FakeAct.Report(status);
        }

        if (!status.Conditions.IsTrue(NodeTuningConditions.RebootRequired) || !IsGranted(tuning))
        {
            return new FakeAct.Nothing();
        }

        _down = 1 + _chance.Next(LongestReboot);
        return new FakeAct.GoDown();
    }

    private FakeAct Boot(V1Alpha1NodeTuning tuning, bool isStubborn)
    {
        if (IsLate && RebootRecord.Of(tuning).Phase == RebootPhase.Rebooting)
        {
            return new FakeAct.Nothing();
        }

        if (--_down > 0)
        {
            return new FakeAct.Nothing();
        }

        IsLate = false;
        _boot++;
        _booted = isStubborn ? _booted : Wish(tuning);
        return new FakeAct.ComeBack();
    }

    private bool IsGranted(V1Alpha1NodeTuning tuning) =>
        tuning.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) == true && boot == BootId;

    private NodeTuningStatus StatusOf(V1Alpha1NodeTuning tuning)
    {
        var (isDeleted, isBooted) = (tuning.Metadata.DeletionTimestamp is not null, _booted == Wish(tuning));
        IReadOnlyList<Condition> conditions = [];
        foreach (var (type, holds) in ((string, bool)[])
            [
                (NodeTuningConditions.Effective, isBooted && !isDeleted), (NodeTuningConditions.Restored, isDeleted),
                (NodeTuningConditions.RebootRequired, !isBooted),
            ])
        {
            var status = holds ? ConditionStatus.True : ConditionStatus.False;
            conditions = conditions.With(type, status, "Said", "said by a test", tuning.Metadata.Generation, DateTimeOffset.UtcNow);
        }

        return new NodeTuningStatus { ObservedGeneration = tuning.Metadata.Generation, BootId = BootId, Conditions = conditions };
    }

    private static long Wish(V1Alpha1NodeTuning tuning) => tuning.Metadata.DeletionTimestamp is null ? tuning.Spec.TunedNode.Generation : 0;
}

/// <summary>Something that a <see cref="FakeNode"/> does.</summary>
internal abstract record FakeAct
{
    internal sealed record Nothing : FakeAct;

    /// <summary>The agent says how the node is.</summary>
    internal sealed record Report(NodeTuningStatus Status) : FakeAct;

    /// <summary>The node begins its reboot.</summary>
    internal sealed record GoDown : FakeAct;

    /// <summary>It has ended.</summary>
    internal sealed record ComeBack : FakeAct;
}
