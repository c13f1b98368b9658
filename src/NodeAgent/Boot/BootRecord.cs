using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// What latlab wrote to the boot configuration, and what the running kernel was booted with: without it nobody could tell our words from others' where a tool keeps one
/// line for all, nor whether a reboot would change anything.
/// </summary>
internal sealed record BootRecord
{
    public const string Path = "/var/lib/latlab/boot.json";

    /// <summary>The boot in which the block was changed last.</summary>
    public required string BootId { get; init; }

    /// <summary>The block that this boot began with.</summary>
    public required string Booted { get; init; }

    /// <summary>The block that was written, or is being written.</summary>
    public required string Block { get; init; }

    /// <summary>The block that is being replaced: some of its words may still be there. Empty when the change is done.</summary>
    public string Leaving { get; init; } = "";

    /// <summary>Where the block is kept.</summary>
    public required string File { get; init; }

    /// <summary>The record; null when there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be understood: then nothing may be changed.</exception>
    public static BootRecord? Load(IHost host)
    {
        try
        {
            return host.Read(Path) switch
            {
                { Text: { } text } => JsonSerializer.Deserialize(text, BootRecordJson.Default.BootRecord),
                { Problem: { } problem } => throw new IOException($"{Path}: {problem}"),
                _ => null,
            };
        }
        catch (JsonException e)
        {
            throw new IOException($"{Path} is damaged ({e.Message}); see what it says of the boot configuration, and remove it", e);
        }
    }

    /// <exception cref="IOException">It could not be written.</exception>
    public void Save(IHost host) => host.ReplaceDurably(Path, JsonSerializer.Serialize(this, BootRecordJson.Default.BootRecord));

    /// <summary>The record of a change to <paramref name="block"/> that begins now. The boot that is running keeps what it began with.</summary>
    /// <param name="record">The former one.</param>
    /// <param name="bootId">The running boot.</param>
    /// <param name="commandLine">Its command line.</param>
    /// <param name="found">The block that is there.</param>
    /// <param name="block">The block to be.</param>
    /// <param name="file">Where it is kept.</param>
    public static BootRecord Begin(BootRecord? record, string bootId, string commandLine, string found, string block, string file) => new()
    {
        BootId = bootId,
        Booted = record?.BootId == bootId ? record.Booted : BootWords.Present(found, commandLine) ? found : "",
        Block = block,
        // What a former change left behind by a crash is still to go.
        Leaving = string.Join(' ', BootWords.Of(record?.Leaving ?? "").Concat(BootWords.Of(record?.Block ?? "")).Except(BootWords.Of(block))),
        File = file,
    };

    /// <summary>
    /// Whether a reboot would change the running kernel's command line: the block was changed in this boot, and a word of it is not there yet, or one that left it still is. After a
    /// reboot nothing is pending, whatever the kernel made of its arguments: so no node reboots for ever.
    /// </summary>
    public bool IsPending(string bootId, string commandLine) => BootId == bootId
        && (!BootWords.Present(Block, commandLine) || BootWords.Of(Booted).Except(BootWords.Of(Block)).Any());
}

/// <summary>Its file format.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BootRecord))]
internal sealed partial class BootRecordJson : JsonSerializerContext;
