using System.Buffers.Binary;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Fuzz;

/// <summary>
/// Reads mutations of real files of every format to their ends: nothing but a refusal may be thrown, reading has to end, and memory is bounded whatever a
/// file says. A failure is an exception that says how to make the input again.
/// </summary>
public sealed class ReaderFuzzer(int seed)
{
    /// <summary>The reader's buffers, a frame of the greatest length, decompression, and room: for files of some kilobytes.</summary>
    private const long AllowedBytes = 48L * 1024 * 1024;

    private static readonly uint[] Magics =
        [0xA1B2C3D4, 0xA1B23C4D, 0xD4C3B2A1, 0x4D3CB2A1, 0x0A0D0D0A, 0x1A2B3C4D, 0xFD2FB528, 0x00088B1F, 0x53434552, 0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 16, 262144, 262145];

    private readonly PacketRecord[] _records = new PacketRecord[FrameBatch.Capacity];
    private long _number;

    public long Refused { get; private set; }

    public long WithProblems { get; private set; }

    public long Whole { get; private set; }

    public long MostAllocated { get; private set; }

    /// <summary>Reads so many mutations.</summary>
    public void Run(long count)
    {
        for (var end = _number + count; _number < end; _number++)
        {
            var random = new Random(HashCode.Combine(seed, _number));
            var (bytes, mscap) = Seeds.All[(int)(_number % Seeds.All.Count)];
            var mutated = Mutate(bytes, random);
            try
            {
                Read(mutated, mscap);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"mutation {_number} of seed {seed}: {exception.Message}; bytes {Convert.ToHexString(mutated)}", exception);
            }
        }
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutated = bytes.ToArray();
        for (var left = 1 + random.Next(4); left > 0 && mutated.Length > 0; left--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(7))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2 when at + 4 <= mutated.Length:
                    BinaryPrimitives.WriteUInt32LittleEndian(mutated.AsSpan(at), Magics[random.Next(Magics.Length)]);
                    break;
                case 3:
                    mutated = mutated[..at];
                    break;
                case 4:
                    mutated = [.. mutated[..at], .. mutated[random.Next(mutated.Length)..]];
                    break;
                case 5:
                    mutated.AsSpan(at).Clear();
                    break;
                default:
                    var noise = new byte[random.Next(64)];
                    random.NextBytes(noise);
                    mutated = [.. mutated[..at], .. noise, .. mutated[at..]];
                    break;
            }
        }

        return mutated;
    }

    private void Read(byte[] bytes, bool mscap)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var (frames, records) = CaptureFile.OpenStream(new MemoryStream(bytes), "fuzz", new CaptureOptions { Mscap = mscap, RepairWraps = mscap });
            using (var source = records ?? new KeyedSource(frames!, new PacketKeyer(new IdentityRule(IdentityPreset.L3), new FlowTable())))
            {
                // Each read but the last makes progress of a byte at least; a compressed kilobyte can hold a megabyte.
                var most = 4096 + (bytes.Length * 64L);
                while (source.Read(_records) > 0)
                {
                    if (--most == 0)
                    {
                        throw new InvalidOperationException("it does not end");
                    }
                }

                if (source.Facts.ProblemCount > 0)
                {
                    WithProblems++;
                }
                else
                {
                    Whole++;
                }
            }
        }
        catch (CaptureFormatException)
        {
            Refused++;
        }

        var used = GC.GetAllocatedBytesForCurrentThread() - allocated;
        MostAllocated = Math.Max(MostAllocated, used);
        if (used > AllowedBytes)
        {
            throw new InvalidOperationException($"{used} bytes were allocated for a file of {bytes.Length}");
        }
    }
}
