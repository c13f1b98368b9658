using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Live;

/// <summary>
/// Holds back what two taps capture until their first frames tell how packets are known again, and which way they go. Looks when both have
/// <see cref="ProbeFrames"/> frames, or after <see cref="PatienceNs"/> of traffic; then each time that there is twice as much; at the
/// latest when <see cref="MostBytes"/> are held or the capture ends, and then finding nothing is an error. A user who said how packets are known
/// gets a result all the same: all may be lost.
/// </summary>
internal sealed class IdentityGate
{
    /// <summary>What a look needs at most.</summary>
    private const int ProbeFrames = 8192;

    /// <summary>Of one tap: some 150,000 short frames.</summary>
    private const long MostBytes = 32 * 1024 * 1024;

    private static readonly long PatienceNs = (long)TimeSpan.FromSeconds(2).TotalNanoseconds;

    private readonly object _lock = new();
    private readonly HeldFrames[] _held;
    private readonly IdentityRule? _rule;
    private readonly long _clockOffsetNs;
    private readonly Func<ProbeResult, IReadOnlyList<ILiveListener>> _decided;
    private IReadOnlyList<ILiveListener>? _listeners;
    private int _nextFrames = ProbeFrames;
    private long _patienceNs = PatienceNs;
    private bool _failed;

    /// <param name="facts">What is known of both captures.</param>
    /// <param name="rule">How packets are known, as the user says; null to find out.</param>
    /// <param name="clockOffsetNs">What the user says that the later clock is ahead, in nanoseconds.</param>
    /// <param name="decided">Makes a listener for each tap when it is known how packets are known. Called once, on a tap's thread.</param>
    public IdentityGate(
        IReadOnlyList<CaptureFacts> facts, IdentityRule? rule, long clockOffsetNs, Func<ProbeResult, IReadOnlyList<ILiveListener>> decided)
    {
        _clockOffsetNs = clockOffsetNs;
        _rule = rule;
        _held = [.. facts.Select(fact => new HeldFrames(fact))];
        _decided = decided;
    }

    /// <summary>The listener to run the tap with that has this index.</summary>
    public ILiveListener ListenerOf(int index) => new Held(this, index);

    /// <summary>Looks, if there is enough to look at; null while it is not known.</summary>
    /// <exception cref="CaptureFormatException">It cannot be found out.</exception>
    private ILiveListener? Decide(int index, long untilNs, bool isEnd)
    {
        if (_listeners is null && !_failed && (isEnd || IsTimeToLook(untilNs)))
        {
            Look(isEnd || _held.Any(held => held.Bytes >= MostBytes));
        }

        return _listeners?[index];
    }

    private bool IsTimeToLook(long untilNs)
    {
        if (_held.Any(held => held.Bytes >= MostBytes))
        {
            return true;
        }

        if (_held.Any(held => held.Count == 0))
        {
            return false;
        }

        if (_held.Any(held => held.Count < _nextFrames) && untilNs - _held.Max(held => held.FirstNs) < _patienceNs)
        {
            return false;
        }

        (_nextFrames, _patienceNs) = (2 * _nextFrames, 2 * _patienceNs);
        return true;
    }

    private void Look(bool isLast)
    {
        var probe = IdentityProbe.Run(_held[0].Look, _held[1].Look, _rule, _clockOffsetNs);
        if (probe.Problem is not { } problem)
        {
            _listeners = _decided(probe);
            return;
        }

        if (!isLast && problem.Kind is not (ProbeProblemKind.WrongOrder or ProbeProblemKind.SameCapture))
        {
            return;
        }

        if (_rule is null)
        {
            _failed = true;
            throw new CaptureFormatException($"{problem.Finding}; {RemedyOf(problem, probe.Rule)}");
        }

        var summary = new IdentitySummary { Preset = _rule.ToString(), Depth = _rule.Depth };
        _listeners = _decided(new ProbeResult { Rule = _rule, Summary = summary, Offset = probe.Offset });
    }

    /// <summary>Devices can be named anew, files cannot be edited: and naming the identity is what insists here.</summary>
    private static string RemedyOf(ProbeProblem problem, IdentityRule? rule) => problem.Kind switch
    {
        ProbeProblemKind.WrongOrder => "name the devices the other way round, or, if the order is right, insist with "
            + $"--identity {rule} and correct the clocks with --clock-offset",
        ProbeProblemKind.SameCapture => "name the device before the one under test and the one after it, or, if these are the two, insist with "
            + $"--identity {rule}",
        ProbeProblemKind.NoOverlap => "check that both devices see the same traffic, or, if they may have nothing in common, name the --identity",
        _ => problem.Remedy,
    };

    private sealed class Held(IdentityGate gate, int index) : ILiveListener
    {
        private ILiveListener? _target;

        public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
        {
            if (_target is null)
            {
                lock (gate._lock)
                {
                    gate._held[index].Add(timeNs, frame, originalLength);
                    Pass(gate.Decide(index, timeNs, isEnd: false));
                }

                return;
            }

            _target.OnFrame(timeNs, frame, originalLength);
        }

        public void OnIdle(long completeUntilNs)
        {
            if (_target is null)
            {
                lock (gate._lock)
                {
                    Pass(gate.Decide(index, completeUntilNs, isEnd: false));
                }
            }

            _target?.OnIdle(completeUntilNs);
        }

        public void Complete()
        {
            if (_target is null)
            {
                lock (gate._lock)
                {
                    Pass(gate.Decide(index, long.MaxValue, isEnd: true));
                }
            }

            _target?.Complete();
        }

        private void Pass(ILiveListener? target)
        {
            if (target is not null)
            {
                gate._held[index].HandOn(target);
                _target = target;
            }
        }
    }
}
