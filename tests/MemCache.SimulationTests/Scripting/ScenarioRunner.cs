using System.Globalization;
using System.Text;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

/// <summary>
/// Plays a scenario: lines that begin with <c>&gt;</c> are requests, the lines behind them are what the engine answered, <c>#</c> is
/// prose. <c>help</c> is this list of requests:
/// <code>
/// mount RANK SIZE | drop SEGMENT | open SESSION [RANK] | close SESSION dead|lost
/// reserve SESSION KEY SIZE [replicas=N] [prefer=A,B] [as=NAME] | commit NAME.. | abort NAME..     (NAME: the key, or as=)
/// put SESSION KEY[,KEY..] SIZE [replicas=N] [prefer=A,B]
/// allocate SESSION KEY SIZE [as=NAME] | lease SESSION KEY.. [ms=MS] | unlease SESSION KEY..
/// get KEY.. [near=RANK] [lease=MS] | query KEY.. | release KEY.. | exists KEY.. | remove KEY.. | removeall
/// orphans SEGMENT | resolve SEGMENT SLOT GENERATION | wait MS | tick | configure LEASE HIGH LOW | objects | segments | counters
/// </code>
/// </summary>
internal sealed partial class ScenarioRunner
{
    private readonly MetaEngine _engine = new(new MetaEngineOptions
    {
        ShardCount = 4,
        HashSeed = 42,
        LeaseMsDefault = 100,
        EvictHighPercent = 90,
        EvictionOrder = EvictionOrder.Lru,
        EvictLowPercent = 50,
    });

    private readonly ObjectLocation[] _objects = new ObjectLocation[Limits.BatchCountMax];
    private readonly ReplicaLocation[] _replicas = new ReplicaLocation[Limits.BatchCountMax * Limits.ReplicaCountMax];
    private readonly MmcStatus[] _statuses = new MmcStatus[Limits.BatchCountMax];
    private readonly Dictionary<string, (SessionId Session, CommitEntry Entry)> _reservations = [];
    private readonly Dictionary<string, LeaseRelease> _leases = [];
    private readonly StringBuilder _output = new();
    private long _now;

    /// <summary>The scenario with the answers that the engine gives now.</summary>
    public static string Play(string text)
    {
        ScenarioRunner runner = new();
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith('>'))
            {
                runner.Line(line);
                runner.Request(line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
                runner._engine.CheckInvariants();
            }
            else if (line.StartsWith('#') || line.Length == 0)
            {
                runner.Line(line);
            }
        }

        return runner._output.ToString().TrimEnd('\n') + "\n";
    }

    private void Line(string text) => _output.Append(text).Append('\n');

    private void Request(string[] words)
    {
        string[] arguments = [.. words.Skip(1).Where(word => !word.Contains('=', StringComparison.Ordinal))];
        Dictionary<string, string> options = words.Skip(1)
            .Where(word => word.Contains('=', StringComparison.Ordinal))
            .Select(word => word.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        switch (words[0])
        {
            case "mount": Mount(arguments); break;
            case "drop": Line(Name(_engine.DropSegment(Segment(arguments[0])))); break;
            case "open": Line(Name(_engine.OpenSession(Session(arguments[0]), arguments.Length > 1 ? Rank(arguments[1]) : RankId.None))); break;
            case "close": _engine.CloseSession(Session(arguments[0]), arguments[1] == "dead", _now); break;
            case "reserve": Reserve(arguments, options); break;
            case "allocate": Reserve(arguments, options, isListed: true); break;
            case "lease": Lease(arguments, options); break;
            case "unlease": Unlease(arguments); break;
            case "commit": Commit(arguments, publish: true); break;
            case "abort": Commit(arguments, publish: false); break;
            case "put": Put(arguments, options); break;
            case "get": Get(arguments, options); break;
            case "query": Query(arguments); break;
            case "release": Release(arguments); break;
            case "exists": Statuses(arguments, (keys, statuses) => _engine.Exists(keys.Spans, _now, statuses)); break;
            case "remove": Statuses(arguments, (keys, statuses) => _engine.Remove(keys.Spans, _now, statuses)); break;
            case "removeall": Line($"{_engine.RemoveAll(_now)} removed"); break;
            case "orphans": Orphans(arguments); break;
            case "resolve": _engine.ResolveOrphan(Segment(arguments[0]), (uint)Number(arguments[1]), (ulong)Number(arguments[2]), _now); break;
            case "wait": _now += Number(arguments[0]); break;
            case "tick": Tick(); break;
            case "configure": _engine.Configure((int)Number(arguments[0]), (int)Number(arguments[1]), (int)Number(arguments[2])); break;
            case "objects": Objects(); break;
            case "segments": Segments(); break;
            case "counters": Counters(); break;
            default: throw new InvalidDataException($"unknown request: {string.Join(' ', words)}");
        }
    }

    private void Tick()
    {
        int count = 1;
        while (_engine.Tick(_now))
        {
            count++;
        }

        Invariant.Require(count < 1000);
    }

    private static string Name(MmcStatus status) => status.ToString();

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static RankId Rank(string text) => new((ushort)Number(text));

    private static SessionId Session(string text) => new((uint)Number(text));

    private static SegmentId Segment(string text) => new((ushort)Number(text));

    private static long Size(string text) => text switch
    {
        _ when text.EndsWith("TiB", StringComparison.Ordinal) => Number(text[..^3]) << 40,
        _ when text.EndsWith("MiB", StringComparison.Ordinal) => Number(text[..^3]) << 20,
        _ when text.EndsWith("KiB", StringComparison.Ordinal) => Number(text[..^3]) << 10,
        _ => Number(text),
    };

    /// <summary><c>key*257</c> is that many times the letter k; <c>""</c> is the empty key.</summary>
    private static string Key(string text)
    {
        if (text == "\"\"")
        {
            return "";
        }

        int star = text.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? text : new string('k', (int)Number(text[(star + 1)..]));
    }

    private static KeyBatch Keys(IEnumerable<string> names)
    {
        KeyBatch keys = new();
        foreach (string name in names)
        {
            keys.Add(Key(name));
        }

        return keys;
    }

    private static ReplicateOptions Options(Dictionary<string, string> options)
    {
        int replicaCount = options.TryGetValue("replicas", out string? count) ? (int)Number(count) : 1;
        RankId[] preferred = options.TryGetValue("prefer", out string? ranks) ? [.. ranks.Split(',').Select(Rank)] : [];
        return new ReplicateOptions(replicaCount, preferred);
    }
}
