using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// One output with a queue and a thread of its own, so that who logs never waits for a disk or a pipe: what does not fit into
/// the queue is counted and left out.
/// </summary>
internal sealed class LogLane : IDisposable
{
    // LIMIT: about 2 MB of lines; a stuck output costs no more memory, and a burst of a second fits.
    private const int EntriesMax = 8192;

    // LIMIT: lines are written together up to here; a rotation happens between two writes.
    private const int BatchBytesMax = 64 << 10;

    // LIMIT: how long the end of the process waits for a stuck output.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<LogEntry> _queue = new(EntriesMax);
    private readonly Action<IReadOnlyList<LogEntry>, ReadOnlyMemory<byte>> _write;
    private readonly bool _isJson;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private long _dropped;

    /// <param name="name">Of the thread.</param>
    /// <param name="isJson">How lines look.</param>
    /// <param name="time">When a message about left out ones was made.</param>
    /// <param name="write">Gets messages and the same as bytes, on the lane's thread; must not throw.</param>
    public LogLane(
        string name, bool isJson, TimeProvider time, Action<IReadOnlyList<LogEntry>, ReadOnlyMemory<byte>> write)
    {
        _write = write;
        _isJson = isJson;
        _time = time;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public void Add(LogEntry entry)
    {
        try
        {
            if (!_queue.TryAdd(entry))
            {
                Interlocked.Increment(ref _dropped);
            }
        }
        catch (InvalidOperationException)
        {
            // Closed meanwhile: the log has ended.
        }
    }

    /// <summary>Writes what is queued, within two seconds.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        if (_thread.Join(CloseTimeout))
        {
            _queue.Dispose();
        }
    }

    private void Run()
    {
        var entries = new List<LogEntry>();
        var bytes = new ArrayBufferWriter<byte>(BatchBytesMax);
        while (!_queue.IsCompleted)
        {
            if (!_queue.TryTake(out LogEntry? entry, Timeout.Infinite))
            {
                continue;
            }

            do
            {
                entries.Add(entry);
                LogLine.Append(bytes, entry, _isJson);
            }
            while (bytes.WrittenCount < BatchBytesMax && _queue.TryTake(out entry));
            AddDropped(entries, bytes);
            _write(entries, bytes.WrittenMemory);
            entries.Clear();
            bytes.ResetWrittenCount();
        }
    }

    private void AddDropped(List<LogEntry> entries, ArrayBufferWriter<byte> bytes)
    {
        long dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            string message = string.Create(
                CultureInfo.InvariantCulture, $"{dropped} messages were left out: this output is too slow");
            var entry = new LogEntry(_time.GetLocalNow(), LogLevel.Warning, nameof(MemCache), 0, message);
            entries.Add(entry);
            LogLine.Append(bytes, entry, _isJson);
        }
    }
}
