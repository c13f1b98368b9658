using System.Buffers.Binary;

namespace Latlab.NodeAgent.Host;

/// <summary>
/// Devices that the kernel takes a number from and obeys while they are open (<c>/dev/cpu_dma_latency</c>): open until this process ends,
/// or lets go.
/// </summary>
internal sealed class HeldDevices
{
    private readonly Dictionary<string, (FileStream File, int Value)> _open = new(StringComparer.Ordinal);

    public int? Find(string path) => _open.TryGetValue(path, out var held) ? held.Value : null;

    /// <exception cref="IOException">The system refused; what was held before still is.</exception>
    public void Hold(string path, int value)
    {
        var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
        try
        {
            Span<byte> number = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            file.Write(number);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }

        // The stricter of both counts for a moment, so that there is no gap.
        LetGo(path);
        _open[path] = (file, value);
    }

    public void LetGo(string path)
    {
        if (_open.Remove(path, out var held))
        {
            held.File.Dispose();
        }
    }

    public static int Read(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0 });
        Span<byte> number = stackalloc byte[sizeof(int)];
        file.ReadExactly(number);
        return BinaryPrimitives.ReadInt32LittleEndian(number);
    }
}
