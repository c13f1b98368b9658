using System.Globalization;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Analysis;

/// <summary>Lists lost packets as CSV.</summary>
internal sealed class LostPacketFile : IMatchObserver, IDisposable
{
    private readonly AtomicFile _file;
    private readonly StreamWriter _writer;
    private readonly Func<int, string> _flowName;

    public LostPacketFile(string path, Func<int, string> flowName)
    {
        _flowName = flowName;
        _file = new AtomicFile(path);
        _writer = new StreamWriter(_file.Stream);
        _writer.WriteLine("position,sent_ns,flow,length");
    }

    public void OnSettled(ReadOnlySpan<SettledPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            if (packet.Fate == Fate.Lost)
            {
                _writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{packet.Position},{packet.SentNs},\"{_flowName(packet.Flow)}\",{packet.WireLength}"));
            }
        }
    }

    public void OnArrived(ReadOnlySpan<ArrivedPacket> packets)
    {
    }

    /// <summary>Gives the file its name, or leaves it that of a part where the analysis was interrupted.</summary>
    /// <returns>The name.</returns>
    public string Complete(bool partial)
    {
        _writer.Flush();
        return _file.Complete(partial);
    }

    public void Dispose() => _file.Dispose();
}
