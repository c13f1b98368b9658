using System.Numerics;
using CsCheck;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

public sealed class IdentityHashTests
{
    [Fact]
    public void Each_bit_of_input_changes_half_of_the_key()
    {
        const int samples = 2000;
        var random = new Random(1);
        var flips = new int[46 * 8, 64];
        for (var sample = 0; sample < samples; sample++)
        {
            var bytes = new byte[46];
            random.NextBytes(bytes);
            var key = IdentityHash.Of(bytes, bytes.Length).Key;
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                var changed = key ^ IdentityHash.Of(bytes, bytes.Length).Key;
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                for (var output = 0; output < 64; output++)
                {
                    flips[bit, output] += (int)(changed >> output) & 1;
                }
            }
        }

        // 23,552 pairs of bits, standard deviation 0.0112: 6 of them leave one chance in 10,000 that a perfect hash fails with another
        // seed.
        foreach (var count in flips)
        {
            Assert.InRange((double)count / samples, 0.5 - 0.067, 0.5 + 0.067);
        }
    }

    [Fact]
    public void Frames_that_differ_in_the_middle_only_have_distinct_keys()
    {
        var keys = new HashSet<ulong>();
        var low = new HashSet<ulong>();
        for (var i = 0; i < 200_000; i++)
        {
            var payload = new byte[200];
            BitConverter.TryWriteBytes(payload.AsSpan(90), i);
            var key = Keying.Key("nat", new TestFrame { Payload = payload }.Build())!.Value.Key;
            keys.Add(key);
            low.Add(key & 0xFFFF);
        }

        Assert.Equal(200_000, keys.Count);
        // Hash tables use the low bits: they must be spread, too (62,440 expected of 65,536 places).
        Assert.InRange(low.Count, 61_500, 63_500);
    }

    [Fact]
    public void Trailing_zeros_count() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[1, 20]).Sample((bytes, zeros) =>
        {
            var shorter = IdentityHash.Of(bytes, bytes.Length);
            var longer = IdentityHash.Of([.. bytes, .. new byte[zeros]], bytes.Length + zeros);
            return shorter.Key != longer.Key && shorter.Check != longer.Check;
        });

    [Fact]
    public void A_change_of_one_bit_changes_key_and_check() =>
        Gen.Select(Gen.Byte.Array[1, 200], Gen.Int[0, 100_000]).Sample((bytes, at) =>
        {
            var before = IdentityHash.Of(bytes, bytes.Length);
            bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));
            var after = IdentityHash.Of(bytes, bytes.Length);
            return before.Key != after.Key && BitOperations.PopCount(before.Key ^ after.Key) > 8 && before.Check != after.Check;
        });

    /// <summary>Compact files hold these: a change would make old files useless without a word.</summary>
    [Fact]
    public void Values_are_the_same_for_ever()
    {
        var record = Keying.Key("l3", new TestFrame { IpId = 1 }.Build())!.Value;
        Assert.Equal((9041157148379928218UL, 1635481419U), (record.Key, record.Check));
    }

    /// <summary>RFC 3720 §B.4: 32 bytes of zeros, and of 0 to 31.</summary>
    [Theory]
    [InlineData(0, 0x8A9136AAU)]
    [InlineData(1, 0x46DD794EU)]
    public void The_check_is_a_CRC_32C(byte step, uint crc)
    {
        var words = Enumerable.Range(0, 4)
            .Select(word => BitConverter.ToUInt64([.. Enumerable.Range(word * 8, 8).Select(i => (byte)(i * step))])).ToArray();
        var check = IdentityHash.AddToCheck(IdentityHash.AddToCheck(uint.MaxValue, words[0], words[1]), words[2], words[3]);
        Assert.Equal(crc, ~check);
    }

    [Fact]
    public void The_FCS_is_that_of_Ethernet() => Assert.Equal(0xCBF43926, EthernetFcs.Of("123456789"u8));
}
