using System.CommandLine;
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
        var command = new Command("convert", "Write a capture as a compact file of times and keys, for analyze: a fifth of the size of a pcap of small frames, or less")
        {
            capture, identity, output, count,
        };
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
            using var source = new KeyedSource(CaptureFile.Open(path), new PacketKeyer(rule, flows));
            using var interruption = new Interruption();
            if (result.GetValue(output) is { } target)
            {
                AtomicFile.Write(target, stream => Convert(source, rule, flows, stream, interruption.Token));
            }
            else
            {
                ReadAll(source, _ => { }, interruption.Token);
            }

            foreach (var problem in source.Facts.Problems)
            {
                result.InvocationConfiguration.Error.WriteLine($"latlab convert: {source.Facts.Name}: offset {problem.Offset}: {problem.Message}");
            }

            result.InvocationConfiguration.Output.WriteLine($"{source.Facts.Packets} packets, of which {source.Facts.Unparsable} without an identity");
            return source.Facts.ProblemCount > 0 ? Analysis.AnalyzeJob.Incomplete : Outcome.Done;
        }));
        return command;
    }

    private static void Convert(KeyedSource source, IdentityRule rule, FlowTable flows, Stream stream, CancellationToken cancellationToken)
    {
        var writer = new CompactWriter(stream, source.Facts.Name, rule.ToString(), source.Facts.ResolutionNs);
        ReadAll(source, records => writer.Write(records.Span), cancellationToken);
        writer.Complete([.. Enumerable.Range(0, flows.Count).Select(flows.NameOf)], source.Facts.Unparsable, source.Facts.Drops);
    }

    private static void ReadAll(KeyedSource source, Action<ReadOnlyMemory<PacketRecord>> take, CancellationToken cancellationToken)
    {
        var records = new PacketRecord[FrameBatch.Capacity];
        for (var count = source.Read(records); count > 0; count = source.Read(records))
        {
            take(records.AsMemory(0, count));
            if (cancellationToken.IsCancellationRequested)
            {
                throw new CommandFailedException("interrupted: nothing was written");
            }
        }
    }
}
