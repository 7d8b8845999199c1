using System.Globalization;
using MemCache.LocalService;

namespace MemCache.DashboardTests;

/// <summary>Puts, gets and questions of a small chat, until it is disposed.</summary>
internal sealed class Traffic : IDisposable
{
    private const int BlockBytes = 100_000;

    private readonly ObjectStore _store;
    private readonly int _keyCount;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public Traffic(ObjectStore store, int keyCount)
    {
        _store = store;
        _keyCount = keyCount;
        _thread = new Thread(Run) { IsBackground = true, Name = "traffic" };
        _thread.Start();
    }

    public static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"prompt/{number}");

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
    }

    private void Run()
    {
        byte[] value = new byte[BlockBytes];
        var random = new Random(7);
        for (int turn = 0; !_isStopping; turn++)
        {
            string[] keys = [.. Enumerable.Range(random.Next(_keyCount), 8).Select(Key)];
            _ = _store.Exists(keys[0]);
            foreach (string key in keys)
            {
                if (_store.Get(key) is not { Length: > 0 })
                {
                    _ = _store.Put(key, value);
                }
            }

            // The machine is for the browser too; waves make the charts worth a look.
            Thread.Sleep(4 + (int)(4 * (1 + Math.Sin(turn / 300.0))));
        }
    }
}
