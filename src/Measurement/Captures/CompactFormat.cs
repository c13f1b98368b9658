namespace Latlab.Measurement.Captures;

/// <summary>
/// latlab's own file of packet records, little-endian; docs/reference/capture-formats.md has its description. A header, blocks of up to
/// <see cref="MostRecords"/> records in columns, the flows' names, and an end with the capture's counts, each with a CRC-32C of its own:
/// what is damaged is known, and left out alone.
/// </summary>
internal static class CompactFormat
{
    /// <summary>"LATREC" and a version of two digits.</summary>
    public const ulong Magic = 0x31_30_43_45_52_54_41_4C;

    public const uint HeaderBlock = 0x52_44_41_48;
    public const uint RecordBlock = 0x53_43_45_52;
    public const uint FlowBlock = 0x53_57_4C_46;
    public const uint EndBlock = 0x53_44_4E_45;

    /// <summary>Type, length of the payload, CRC-32C of type, length and payload.</summary>
    public const int BlockHeader = 12;

    public const int MostRecords = 4096;

    /// <summary>No payload is longer, in bytes: a name of 250 for each of 65,536 flows.</summary>
    public const int LongestPayload = 16 * 1024 * 1024;

    /// <summary>How a column is written.</summary>
    public enum Encoding : byte
    {
        /// <summary>Each value whole.</summary>
        Raw,

        /// <summary>One value for all.</summary>
        Constant,

        /// <summary>Each value less the one before, as a zigzag LEB128 number.</summary>
        Delta,

        /// <summary>The same of values that never fall, without the zigzag.</summary>
        Rise,
    }
}
