using System.Globalization;

namespace MemCache.Cli;

/// <summary>What became of one request, as a worker reports it: a line of numbers.</summary>
internal readonly record struct RequestOutcome
{
    private const int FieldCount = 12;

    /// <summary>Blocks that the request has.</summary>
    public long BlockReferences { get; init; }

    /// <summary>Blocks of its leading run that were there and could be got.</summary>
    public long BlockHits { get; init; }

    /// <summary>Blocks that were put, those that someone else had put already included.</summary>
    public long PutObjects { get; init; }

    /// <summary>Objects got whose every byte was right.</summary>
    public long VerifiedObjects { get; init; }

    /// <summary>Objects got with a wrong byte.</summary>
    public long WrongObjects { get; init; }

    /// <summary>Blocks with a status that neither success nor a miss explains.</summary>
    public long Errors { get; init; }

    /// <summary>Bytes got.</summary>
    public long GetBytes { get; init; }

    /// <summary>Bytes put, without those of blocks that were there already.</summary>
    public long PutBytes { get; init; }

    /// <summary>Time inside calls of exist.</summary>
    public TimeSpan ExistTime { get; init; }

    /// <summary>Time inside calls of get.</summary>
    public TimeSpan GetTime { get; init; }

    /// <summary>Time inside calls of put.</summary>
    public TimeSpan PutTime { get; init; }

    /// <summary>Requests counted: 1, or more in a sum.</summary>
    public long Requests { get; init; }

    /// <summary>The sum, field by field.</summary>
    public static RequestOutcome operator +(RequestOutcome a, RequestOutcome b) => new()
    {
        BlockReferences = a.BlockReferences + b.BlockReferences,
        BlockHits = a.BlockHits + b.BlockHits,
        PutObjects = a.PutObjects + b.PutObjects,
        VerifiedObjects = a.VerifiedObjects + b.VerifiedObjects,
        WrongObjects = a.WrongObjects + b.WrongObjects,
        Errors = a.Errors + b.Errors,
        GetBytes = a.GetBytes + b.GetBytes,
        PutBytes = a.PutBytes + b.PutBytes,
        ExistTime = a.ExistTime + b.ExistTime,
        GetTime = a.GetTime + b.GetTime,
        PutTime = a.PutTime + b.PutTime,
        Requests = a.Requests + b.Requests,
    };

    /// <summary>The line that travels.</summary>
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{BlockReferences} {BlockHits} {PutObjects} {VerifiedObjects} {WrongObjects} {Errors} {GetBytes} {PutBytes} "
        + $"{ExistTime.Ticks} {GetTime.Ticks} {PutTime.Ticks} {Requests}");

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RequestOutcome Parse(string line)
    {
        long[] fields = [.. line.Split(' ').Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
        return fields.Length != FieldCount
            ? throw new FormatException($"not the outcome of a request: {line}")
            : new RequestOutcome
            {
                BlockReferences = fields[0],
                BlockHits = fields[1],
                PutObjects = fields[2],
                VerifiedObjects = fields[3],
                WrongObjects = fields[4],
                Errors = fields[5],
                GetBytes = fields[6],
                PutBytes = fields[7],
                ExistTime = new TimeSpan(fields[8]),
                GetTime = new TimeSpan(fields[9]),
                PutTime = new TimeSpan(fields[10]),
                Requests = fields[11],
            };
    }
}
