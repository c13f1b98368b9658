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
        var output = new Option<string>("-o", "--output") { Description = "File to write, e.g. before.lat", HelpName = "FILE", Required = true };
        var command = new Command("convert", "Write a capture as a compact file of times and keys, for analyze: a fifth of the size of a pcap of small frames, or less")
        {
            capture, identity, output,
        };
        command.SetAction(result => Failures.Report("convert", () =>
        {
            var rule = result.GetValue(identity)
                ?? throw new CommandFailedException("--identity auto: one capture alone does not show what survives the device; name the rule, e.g. l3");
            var flows = new FlowTable();
            using var source = new KeyedSource(CaptureFile.Open(result.GetRequiredValue(capture)), new PacketKeyer(rule, flows));
            AtomicFile.Write(result.GetRequiredValue(output), stream => Convert(source, rule, flows, stream));
            foreach (var problem in source.Facts.Problems)
            {
                result.InvocationConfiguration.Error.WriteLine($"latlab convert: {source.Facts.Name}: offset {problem.Offset}: {problem.Message}");
            }

            result.InvocationConfiguration.Output.WriteLine($"{source.Facts.Packets} packets, of which {source.Facts.Unparsable} without an identity");
            return source.Facts.ProblemCount > 0 ? Analysis.AnalyzeJob.Incomplete : Outcome.Done;
        }));
        return command;
    }

    private static void Convert(KeyedSource source, IdentityRule rule, FlowTable flows, Stream stream)
    {
        var records = new PacketRecord[FrameBatch.Capacity];
        var writer = new CompactWriter(stream, source.Facts.Name, rule.ToString(), source.Facts.ResolutionNs);
        for (var count = source.Read(records); count > 0; count = source.Read(records))
        {
            writer.Write(records.AsSpan(0, count));
        }

        writer.Complete([.. Enumerable.Range(0, flows.Count).Select(flows.NameOf)], source.Facts.Unparsable, source.Facts.Drops);
    }
}
