using System.Text;
using MemCache.Core;

namespace MemCache.Native;

/// <summary>
/// Turns outcomes into what a C caller gets: the number, and for failures the text of <c>mmc_last_error</c>.
/// </summary>
internal static unsafe class CallErrors
{
    /// <summary>A status without more to say than its name.</summary>
    public static int Report(MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            Gate.Failed((int)status, null, 0);
        }

        return (int)status;
    }

    /// <summary>A status with a sentence.</summary>
    public static int Report(MmcStatus status, string text)
    {
        if (status != MmcStatus.Ok)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            // SAFETY: pinned for the call, which copies.
            fixed (byte* bytes = utf8)
            {
                Gate.Failed((int)status, bytes, (nuint)utf8.Length);
            }
        }

        return (int)status;
    }

    /// <summary>What must not happen: an exception at the top of an export. It ends here.</summary>
    public static int Caught(Exception exception) => exception switch
    {
        OutOfMemoryException => Report(MmcStatus.NotEnoughMemory),
        // A call that was under way when another thread closed the store.
        ObjectDisposedException => Report(MmcStatus.NotInitialised),
        _ => Report(MmcStatus.Internal, $"{exception.GetType().Name}: {exception.Message}"),
    };
}
