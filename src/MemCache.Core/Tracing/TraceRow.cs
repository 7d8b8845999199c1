namespace MemCache.Core;

/// <summary>What one trace point has seen since its process started.</summary>
/// <param name="Name">What is traced.</param>
/// <param name="Begin">Times that it began.</param>
/// <param name="GoodEnd">Times that it ended well.</param>
/// <param name="BadEnd">Times that it failed.</param>
/// <param name="MinMicroseconds">Shortest; 0 before the first end.</param>
/// <param name="MaxMicroseconds">Longest.</param>
/// <param name="TotalMicroseconds">All together.</param>
public readonly record struct TraceRow(
    string Name, long Begin, long GoodEnd, long BadEnd, double MinMicroseconds, double MaxMicroseconds,
    double TotalMicroseconds)
{
    /// <summary>Begun and not ended: what runs at this moment.</summary>
    public long OnFly => Math.Max(Begin - GoodEnd - BadEnd, 0);

    /// <summary>Mean duration; 0 before the first end.</summary>
    public double AverageMicroseconds => GoodEnd + BadEnd > 0 ? TotalMicroseconds / (GoodEnd + BadEnd) : 0;
}
