using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Captures;

/// <summary>A capture whose packets come in columns, which are what analyses want.</summary>
internal interface IColumnSource
{
    /// <summary>Sets <paramref name="columns"/> to the next packets; none at the end, and not before.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Read(PacketColumns columns);
}

/// <summary>Makes columns of any capture's packets.</summary>
internal sealed class ColumnSource : IColumnSource
{
    private readonly IRecordSource _source;
    private readonly PacketRecord[] _records = new PacketRecord[PacketColumns.Capacity];

    private ColumnSource(IRecordSource source) => _source = source;

    /// <summary>The same capture, in columns.</summary>
    public static IColumnSource Of(IRecordSource source) => source as IColumnSource ?? new ColumnSource(source);

    public void Read(PacketColumns columns) => columns.Set(_records.AsSpan(0, _source.Read(_records)));
}
