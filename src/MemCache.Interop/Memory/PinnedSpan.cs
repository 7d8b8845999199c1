using System.Buffers;

namespace MemCache.Interop;

/// <summary>What is called with the address of a pinned span. Make it static, so that nothing is allocated.</summary>
/// <param name="address">First byte, good until the delegate returns; 0 for an empty span.</param>
/// <param name="state">What the caller passed along.</param>
public delegate TResult PinnedFunc<in TState, out TResult>(nuint address, TState state)
    where TState : allows ref struct;

/// <summary>Turns a span into an address for the length of a call, for code that is not allowed to be unsafe.</summary>
public static class PinnedSpan
{
    /// <summary>
    /// Pins <paramref name="span"/>, calls <paramref name="function"/> with its address, and unpins. No allocation.
    /// </summary>
    public static unsafe TResult Use<TState, TResult>(
        ReadOnlySpan<byte> span, TState state, PinnedFunc<TState, TResult> function)
        where TState : allows ref struct
    {
        // SAFETY: pinned until the function has returned; it must not keep the address, which its contract says.
        fixed (byte* address = span)
        {
            return function((nuint)address, state);
        }
    }

    /// <summary>Address of memory that the caller keeps pinned with <paramref name="handle"/>.</summary>
    public static unsafe nuint AddressOf(in MemoryHandle handle) => (nuint)handle.Pointer;
}
