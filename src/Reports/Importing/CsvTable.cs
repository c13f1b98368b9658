using System.Globalization;
using ZstdSharp;

namespace Latlab.Reports.Importing;

/// <summary>A CSV file with a header, of numbers and words without commas; plain or compressed with zstd.</summary>
internal sealed class CsvTable
{
    private readonly string _path;
    private readonly int[] _columns;
    private readonly List<string[]> _rows = [];

    /// <exception cref="InvalidDataException">A column is missing, or a line has another number of fields; the message names file and
    /// line.</exception>
    public CsvTable(string path, params string[] columns)
    {
        _path = path;
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".zst", StringComparison.Ordinal) ? new DecompressionStream(file) : file;
        using var reader = new StreamReader(stream);
        try
        {
            var header = (reader.ReadLine() ?? "").Split(',');
            _columns = [.. columns.Select(column => Array.IndexOf(header, column))];
            if (Array.IndexOf(_columns, -1) is >= 0 and var missing)
            {
                throw new InvalidDataException($"{path}: line 1: no column \"{columns[missing]}\" in \"{string.Join(',', header)}\"; is it a file of the TUM evaluator?");
            }

            while (reader.ReadLine() is { } line)
            {
                var fields = line.Split(',');
                if (fields.Length != header.Length)
                {
                    throw new InvalidDataException($"{path}: line {_rows.Count + 2}: {fields.Length} fields, but the header has {header.Length}");
                }

                _rows.Add(fields);
            }
        }
        catch (ZstdException exception)
        {
            throw new InvalidDataException($"{path}: damaged: {exception.Message}; fetch it again", exception);
        }
    }

    public int Count => _rows.Count;

    /// <exception cref="InvalidDataException">It is no whole number.</exception>
    public long Long(int row, int column) =>
        long.TryParse(Field(row, column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"{_path}: line {row + 2}: \"{Field(row, column)}\" is no whole number");

    /// <exception cref="InvalidDataException">It is no number.</exception>
    public double Double(int row, int column) =>
        double.TryParse(Field(row, column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"{_path}: line {row + 2}: \"{Field(row, column)}\" is no number");

    private string Field(int row, int column) => _rows[row][_columns[column]];
}
