using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Boot;

/// <summary>
/// What latlab wrote to the boot configuration, and what the running kernel was booted with: without it nobody could tell our words from
/// others' where all have one line, nor whether a reboot would change anything.
/// </summary>
internal sealed record BootRecord
{
    public const string Path = "/var/lib/latlab/boot.json";

    /// <summary>The boot in which the block was changed last.</summary>
    public required string BootId { get; init; }

    /// <summary>What of our words this boot began with.</summary>
    public required string Booted { get; init; }

    /// <summary>The block that was written, or is being written.</summary>
    public required string Block { get; init; }

    /// <summary>Words of former blocks that are being taken out. Empty when the change is done.</summary>
    public string Leaving { get; init; } = "";

    /// <summary>
    /// Whether the change was begun and has not succeeded yet. Until it has, nobody knows what a reboot would bring, and none is asked for.
    /// </summary>
    public bool Unfinished { get; init; }

    /// <summary>Where the block is kept.</summary>
    public required string File { get; init; }

    /// <summary>Whether words of ours may be in the boot configuration.</summary>
    [JsonIgnore]
    public bool MayHoldOurs => Unfinished || Block.Length > 0 || Leaving.Length > 0;

    /// <summary>The record; null when there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be understood: then nothing may be changed.</exception>
    public static BootRecord? Load(IHost host)
    {
        try
        {
            return host.Read(Path) switch
            {
                { Text: { } text } => Checked(JsonSerializer.Deserialize(text, BootRecordJson.Default.BootRecord)),
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

    /// <summary>
    /// The record of a change to <paramref name="block"/> that begins now. The boot that is running keeps what it began with.
    /// </summary>
    /// <param name="record">The former one; null when there was none.</param>
    /// <param name="bootId">The running boot.</param>
    /// <param name="commandLine">Its command line.</param>
    /// <param name="found">The block that is there: ours by the look of it, where there is no record.</param>
    /// <param name="block">The block to be.</param>
    /// <param name="file">Where it is kept.</param>
    public static BootRecord Begin(BootRecord? record, string bootId, string commandLine, string found, string block, string file)
    {
        var former = BootWords.Of(record is null ? found : $"{record.Leaving} {record.Block}");
        return new()
        {
            BootId = bootId,
            Booted = string.Join(' ', record?.BootedIn(bootId, commandLine) ?? On(commandLine, former)),
            Block = block,
            // What a change that failed, or a crash, left behind is still to go.
            Leaving = string.Join(' ', BootWords.Minus(former, BootWords.Of(block))),
            Unfinished = true,
            File = file,
        };
    }

    /// <summary>What of our words a boot began with.</summary>
    public IReadOnlyList<string> BootedIn(string bootId, string commandLine) =>
        BootId == bootId ? BootWords.Of(Booted) : On(commandLine, BootWords.Of($"{Leaving} {Block}"));

    /// <summary>The record once the change has succeeded.</summary>
    public BootRecord Done() => this with { Leaving = "", Unfinished = false };

    /// <summary>
    /// Whether a reboot into this block would change the running kernel's command line: the block was changed in this boot, and a word of it
    /// is not there yet, or one that left it still is. After a reboot nothing is pending, whatever the kernel made of its arguments: so no
    /// node reboots for ever.
    /// </summary>
    public bool IsPending(string bootId, string commandLine) => !Unfinished && BootId == bootId
        && (!BootWords.Present(Block, commandLine) || BootWords.Of(Booted).Except(BootWords.Of(Block)).Any());

    private static IReadOnlyList<string> On(string commandLine, IReadOnlyList<string> words)
    {
        var line = BootWords.Of(commandLine).ToHashSet();
        return [.. words.Where(line.Contains)];
    }

    /// <summary>Words go to boot files: none may be there that latlab never writes.</summary>
    private static BootRecord Checked(BootRecord? record)
    {
        if (record is null)
        {
            throw new JsonException("it is null");
        }

        var strange = BootWords.Of($"{record.Booted} {record.Leaving} {record.Block}").FirstOrDefault(word => !BootWords.MayBeOurs(word));
        return strange is null ? record : throw new JsonException($"\"{strange}\" is no argument");
    }
}

/// <summary>Its file format.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BootRecord))]
internal sealed partial class BootRecordJson : JsonSerializerContext;
