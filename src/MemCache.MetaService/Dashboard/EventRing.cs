namespace MemCache.MetaService;

/// <summary>The last events, at most <see cref="CountMax"/>. Thread-safe.</summary>
internal sealed class EventRing(TimeProvider time)
{
    /// <summary>Events that are kept: some days of a calm pool, and some hundred KB at most.</summary>
    public const int CountMax = 512;

    /// <summary>Characters of a text or a value that are kept.</summary>
    public const int TextLengthMax = 400;

    private readonly Lock _lock = new();
    private readonly ServerEvent[] _events = new ServerEvent[CountMax];
    private long _lastId;

    /// <summary>The number of the latest event; 0: none yet.</summary>
    public long LastId
    {
        get
        {
            lock (_lock)
            {
                return _lastId;
            }
        }
    }

    /// <summary>Adds an event; the oldest one makes room.</summary>
    public void Add(string kind, LogLevel level, string text, IReadOnlyDictionary<string, string> fields)
    {
        string severity = level switch
        {
            >= LogLevel.Error => "error",
            LogLevel.Warning => "warning",
            _ => "info",
        };
        lock (_lock)
        {
            _lastId++;
            _events[_lastId % CountMax] = new ServerEvent(
                _lastId, time.GetUtcNow().ToUnixTimeMilliseconds(), kind, severity, Shorten(text), fields);
        }
    }

    /// <summary>The events later than <paramref name="id"/> that are still known, oldest first.</summary>
    public ServerEvent[] After(long id)
    {
        lock (_lock)
        {
            long first = Math.Max(Math.Min(Math.Max(0, id), _lastId), _lastId - CountMax) + 1;
            var events = new ServerEvent[_lastId - first + 1];
            for (long i = first; i <= _lastId; i++)
            {
                events[i - first] = _events[i % CountMax];
            }

            return events;
        }
    }

    /// <summary>A logger that writes to <paramref name="inner"/> and adds what is an event here.</summary>
    public ILogger Watch(ILogger inner) => new EventTap(inner, this);

    /// <summary>A text of a length that can be kept.</summary>
    public static string Shorten(string text) => text.Length <= TextLengthMax ? text : text[..TextLengthMax] + "…";
}
