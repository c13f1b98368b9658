using System.CommandLine;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Reporting;

namespace Latlab.NodeAgent.Cli;

/// <summary>The verbs that need no Kubernetes: plan, apply, verify, restore.</summary>
internal static class HostVerbs
{
    public static Command Plan() => Verb(
        "plan", "Say what apply would change, and change nothing.", tuningRequired: true, locked: false, (tuner, spec, call) =>
        {
            var plan = tuner.Foresee(spec!, out var problem);
            if (problem is not null)
            {
                call.Error.WriteLine(problem);
                return AgentCommand.NotDone;
            }

            Output.Plan(call.Output, call.Format, plan);
            if (call.Format == OutputFormat.Table)
            {
                plan.Remaining.ToList().ForEach(entry => call.Error.WriteLine($"{entry.Knob}: {entry.State}: {entry.Message}"));
            }

            return plan.Remaining.Count == 0 ? AgentCommand.Done : AgentCommand.NotDone;
        });

    public static Command Apply() => Verb(
        "apply", "Bring the host to the tuning, read back, and note prior values in the journal first.", tuningRequired: true, locked: true,
        (tuner, spec, call) => Report(tuner.Apply(spec!), call));

    public static Command Verify() => Verb(
        "verify", "Read every knob back and say whether it is in effect. Changes nothing.", tuningRequired: true, locked: false,
        (tuner, spec, call) => Report(tuner.Verify(spec!), call));

    public static Command Restore() => Verb(
        "restore", "Put back the prior values of everything in the journal; with --tuning, of the knobs in that file only.",
        tuningRequired: false, locked: true,
        (tuner, spec, call) =>
            Report(spec is null ? tuner.Restore() : tuner.Restore(spec), call));

    private static Command Verb(
        string name, string description, bool tuningRequired, bool locked, Func<Tuner, NodeTuningSpec?, Call, int> action)
    {
        var tuning = CommonOptions.Tuning(tuningRequired);
        var root = CommonOptions.Root();
        var format = new Option<OutputFormat>("--output", "-o") { Description = "How to print the result" };
        var command = new Command(name, description) { tuning, root, format };
        command.SetAction(parsed =>
        {
            var call = new Call(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(format));
            var spec = default(NodeTuningSpec);
            if (parsed.GetValue(tuning) is { } path)
            {
                spec = TuningFile.TryRead(path, out var problem);
                if (spec is null)
                {
                    call.Error.WriteLine(problem);
                    return AgentCommand.Usage;
                }
            }

            return OnHost(parsed.GetValue(root)!, locked, call, tuner => action(tuner, spec, call));
        });
        return command;
    }

    private static int OnHost(string root, bool locked, Call call, Func<Tuner, int> action)
    {
        try
        {
            var host = new HostRoot(root);
            using var held = locked ? host.TryLock(CommonOptions.LockPath) : null;
            if (locked && held is null)
            {
                call.Error.WriteLine(
                    $"another latlab-agent holds {CommonOptions.LockPath}; stop it first, or change its NodeTuning instead");
                return AgentCommand.NotDone;
            }

            return action(new Tuner(host, new JournalFile(host), TimeProvider.System));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            call.Error.WriteLine(e.Message);
            return AgentCommand.NotDone;
        }
    }

    private static int Report(TuningOutcome outcome, Call call)
    {
        Output.Ledger(call.Output, call.Format, StatusBuilder.Tuned(outcome, new(), [], generation: null, TimeProvider.System.GetUtcNow()));
        if (outcome.Problem is not null)
        {
            call.Error.WriteLine(outcome.Problem);
        }

        return outcome.IsWhole ? AgentCommand.Done : AgentCommand.NotDone;
    }

    /// <summary>Where and how a verb prints.</summary>
    private sealed record Call(TextWriter Output, TextWriter Error, OutputFormat Format);
}
