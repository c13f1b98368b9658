using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Tests.Captures;

namespace Latlab.Fuzz;

/// <summary>
/// Reads mutations of real files of every format to their ends: nothing but a refusal may be thrown, reading has to end, memory is bounded
/// whatever a file says, and what is read does not depend on the pieces that the file comes in. A failure is an exception that says how to
/// make the input again.
/// </summary>
public sealed class ReaderFuzzer(int seed)
{
    /// <summary>The reader's buffers, a block of the greatest length, decompression, and room: for files of some kilobytes.</summary>
    private const long AllowedBytes = 48L * 1024 * 1024;

    private readonly PacketRecord[] _records = new PacketRecord[FrameBatch.Capacity];
    private long _number;

    public long Refused { get; private set; }

    public long WithProblems { get; private set; }

    public long Whole { get; private set; }

    /// <summary>Mutations that were read in pieces, too.</summary>
    public long Compared { get; private set; }

    public long MostAllocated { get; private set; }

    /// <summary>Reads so many mutations.</summary>
    public void Run(long count)
    {
        for (var end = _number + count; _number < end; _number++)
        {
            // Not by HashCode, which differs from process to process.
            var random = new Random(unchecked((seed * 1_000_003) + (int)_number));
            var file = Seeds.All[(int)(_number % Seeds.All.Count)];
            var mutated = Mutator.Mutate(file.Bytes, random);
            if (file.HasChecksums && random.Next(2) == 0)
            {
                Mutator.MakeChecksumsRight(mutated);
            }

            try
            {
                Check(mutated, file.Options, random);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"mutation {_number} of seed {seed}: {exception.Message}; bytes {Convert.ToHexString(mutated)}", exception);
            }
        }
    }

    private void Check(byte[] bytes, CaptureOptions options, Random random)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var outcome = Read(new MemoryStream(bytes), bytes.Length, options);
        var used = GC.GetAllocatedBytesForCurrentThread() - allocated;
        MostAllocated = Math.Max(MostAllocated, used);
        if (used > AllowedBytes)
        {
            throw new InvalidOperationException($"{used} bytes were allocated for a file of {bytes.Length}");
        }

        if (outcome.Refusal is not null)
        {
            Refused++;
        }
        else if (outcome.Problems.Length > 0)
        {
            WithProblems++;
        }
        else
        {
            Whole++;
        }

        // How much of a damaged block a decompressor still gives does depend on the pieces.
        if (random.Next(4) == 0 && !outcome.IsCompressed)
        {
            Compared++;
            var most = 1 + random.Next(100);
            var again = Read(new PieceStream(bytes, most), bytes.Length, options);
            if (again != outcome)
            {
                throw new InvalidOperationException($"{outcome} at once, but {again} in pieces of {most}");
            }
        }
    }

    private Outcome Read(Stream stream, int length, CaptureOptions options)
    {
        try
        {
            var (frames, records) = CaptureFile.OpenStream(stream, "fuzz", options);
            using var source = records ?? new KeyedSource(frames!, new PacketKeyer(new IdentityRule(IdentityPreset.L3), new FlowTable()));
            // Each read but the last makes progress of a byte at least; a compressed kilobyte can hold a megabyte.
            var most = 4096 + (length * 64L);
            var hash = 0;
            for (var count = source.Read(_records); count > 0; count = source.Read(_records))
            {
                foreach (var record in _records.AsSpan(0, count))
                {
                    hash = HashCode.Combine(hash, record);
                }

                if (--most == 0)
                {
                    throw new InvalidOperationException("it does not end");
                }
            }

            var facts = source.Facts;
            var isCompressed = facts.Format.Contains('+', StringComparison.Ordinal);
            return new Outcome(null, isCompressed, hash, facts.Packets, facts.Unparsable, facts.Drops, string.Join("; ", facts.Problems));
        }
        catch (CaptureFormatException refusal)
        {
            return new Outcome(refusal.Message, refusal.Message.Contains("compressed", StringComparison.Ordinal), 0, 0, 0, null, "");
        }
    }

    private sealed record Outcome(string? Refusal, bool IsCompressed, int Hash, long Packets, long Unparsable, long? Drops, string Problems);
}
