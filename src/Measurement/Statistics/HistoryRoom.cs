namespace Latlab.Measurement.Statistics;

/// <summary>What may be remembered for all flows together, beside what each of them has from the start. First come, first served.</summary>
/// <param name="entries">How many entries.</param>
internal sealed class HistoryRoom(int entries)
{
    /// <summary>Takes room for so many entries, unless there is none.</summary>
    public bool TryTake(int count)
    {
        if (count > entries)
        {
            return false;
        }

        entries -= count;
        return true;
    }
}
