using System.CommandLine;
using Latlab.Cli.Analysis;
using Latlab.Cli.Terminal;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab convert</c>: a capture as a compact file of records.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var capture = new Argument<string>("CAPTURE") { Description = "pcap or pcapng, plain, gzip or zstd; - is standard input" };
        var identity = AnalyzeOptions.Identity();
        identity.Required = true;
        identity.Description = "How a packet is known again, the same for both captures of a pair: generator, exact, l2, l3, nat, or mask:…";
        var output = new Option<string?>("-o", "--output") { Description = "File to write, e.g. before.lat", HelpName = "FILE" };
        var count = new Option<bool>("--count") { Description = "Write nothing: count the packets that the identity knows" };
        var captures = new CaptureFileOptions();
        var command = new Command("convert", "Write a capture as a compact file of times and keys, for analyze: a fifth of the size of a pcap of small frames, or less")
        {
            capture, identity, output, count,
        };
        captures.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(output) is null != result.GetValue(count))
            {
                result.AddError("name a file to write with -o, or ask for --count");
            }
        });
        command.SetAction(result => Failures.Report("convert", () =>
        {
            var path = result.GetRequiredValue(capture);
            Files.RefuseOverwriting([path], ("-o", result.GetValue(output)));
            var rule = result.GetRequiredValue(identity).Rule
                ?? throw new CommandFailedException("--identity auto: one capture alone does not show what survives the device; name the rule, e.g. l3");
            var flows = new FlowTable();
            using var interruption = new Interruption();
            var how = captures.Of(result) with { CancellationToken = interruption.Token };
            using var source = new KeyedSource(CaptureFile.Open(path, how), new PacketKeyer(rule, flows));
            var facts = ProgressBar.OfReading(source.Facts).Show(update =>
            {
                var reading = new Reading(source, update, interruption.Token);
                if (result.GetValue(output) is { } target)
                {
                    AtomicFile.Write(target, stream => Convert(reading, rule, flows, stream));
                }
                else
                {
                    reading.ToEnd(_ => { });
                }

                return source.Facts;
            });

            foreach (var problem in facts.Problems)
            {
                result.InvocationConfiguration.Error.WriteLine($"latlab convert: {facts.Name}: offset {problem.Offset}: {problem.Message}");
            }

            result.InvocationConfiguration.Output.WriteLine($"{facts.Packets} packets, of which {facts.Unparsable} without an identity");
            return facts.ProblemCount > 0 ? AnalyzeJob.Incomplete : Outcome.Done;
        }));
        return command;
    }

    private static void Convert(Reading reading, IdentityRule rule, FlowTable flows, Stream stream)
    {
        var facts = reading.Source.Facts;
        var writer = new CompactWriter(stream, facts.Name, rule.ToString(), facts.ResolutionNs);
        reading.ToEnd(records => writer.Write(records.Span));
        writer.Complete([.. Enumerable.Range(0, flows.Count).Select(flows.NameOf)], facts.Unparsable, facts.Drops);
    }

    /// <summary>A capture that is read once.</summary>
    /// <param name="Source">The capture.</param>
    /// <param name="Update">Shows how far it is; null when nobody looks.</param>
    /// <param name="CancellationToken">Ends it.</param>
    private sealed record Reading(KeyedSource Source, Action? Update, CancellationToken CancellationToken)
    {
        public void ToEnd(Action<ReadOnlyMemory<PacketRecord>> take)
        {
            var records = new PacketRecord[FrameBatch.Capacity];
            var batches = 0;
            while (true)
            {
                var count = Source.Read(records);
                // Looked at first: a pipe that is interrupted ends as if there were no more.
                if (CancellationToken.IsCancellationRequested)
                {
                    throw new CommandFailedException("interrupted: nothing was written");
                }

                if (count == 0)
                {
                    return;
                }

                take(records.AsMemory(0, count));
                if ((++batches & 63) == 0)
                {
                    Update?.Invoke();
                }
            }
        }
    }
}
