namespace MemCache.Cli;

/// <summary>Figures of one quantity, one or many a round.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    /// <summary>Adds one.</summary>
    public void Add(double value) => _values.Add(value);

    /// <summary>Removes all.</summary>
    public void Clear() => _values.Clear();

    /// <summary>The middle one; the mean of the two middle ones of an even number.</summary>
    public double Median()
    {
        _values.Sort();
        int middle = _values.Count / 2;
        return _values.Count % 2 == 1 ? _values[middle] : (_values[middle - 1] + _values[middle]) / 2;
    }
}
