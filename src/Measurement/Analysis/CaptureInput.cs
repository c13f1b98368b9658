using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Analysis;

/// <summary>
/// A capture of a pair, which is looked at before it is read: a file as often as one likes, anew each time; a pipe, which is opened but
/// once, as far as its first frames can be kept.
/// </summary>
internal sealed class CaptureInput
{
    private readonly CaptureOptions _options;
    private readonly PeekedSource? _pipe;

    private CaptureInput(string path, CaptureOptions options, IRecordSource? records, PeekedSource? pipe) =>
        (Path, _options, Records, _pipe) = (path, options, records, pipe);

    /// <summary>As the user gave it.</summary>
    public string Path { get; }

    /// <summary>The capture if it is one of records; null if it is one of frames.</summary>
    public IRecordSource? Records { get; }

    /// <summary>Packets may be long in coming.</summary>
    public bool IsPipe { get; private init; }

    /// <summary>Opens a capture. What is to be disposed of is added to <paramref name="opened"/>.</summary>
    public static CaptureInput Open(string path, CaptureOptions options, List<IDisposable> opened)
    {
        var stream = CaptureFile.OpenBytes(path, options.CancellationToken);
        var isPipe = !stream.CanSeek;
        var (frames, records) = CaptureFile.OpenStream(stream, path, options);
        var pipe = frames is not null && isPipe ? new PeekedSource(frames) : null;
        if (((IDisposable?)records ?? pipe) is { } kept)
        {
            opened.Add(kept);
        }
        else
        {
            frames!.Dispose();
        }

        return new CaptureInput(path, options, records, pipe) { IsPipe = isPipe };
    }

    /// <summary>A look at the frames, from the first on.</summary>
    public IFrameSource Look() => _pipe?.Peek()
        ?? CaptureFile.Open(Path, _options with { Follow = _options.Follow is null ? null : TimeSpan.FromSeconds(1) });

    /// <summary>The frames, to be read once.</summary>
    public IFrameSource Take() => _pipe ?? CaptureFile.Open(Path, _options);
}
