using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Reads of parts of objects.</content>
public sealed partial class ObjectStore
{
    /// <summary>Reads a part of each object, into one or more buffers that are filled one behind the other.</summary>
    /// <param name="keys">
    /// Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>. A key may come several times, with other parts.
    /// </param>
    /// <param name="offsets">Shape [n]: where each part begins in its object.</param>
    /// <param name="buffers">
    /// Shape [n] of 1 .. <see cref="Limits.LayerCountMax"/> layers that add up to the part's size.
    /// </param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.InvalidParameter"/>: the part leaves the object, nothing
    /// was read for it. Others as of <see cref="GetBatch"/>; checksums are of whole objects and not looked at.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus GetRangeBatch(
        KeyBatch keys, ReadOnlySpan<long> offsets, BufferBatch buffers, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(buffers);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        bool isLegal = buffers.ObjectCount == keys.Count && offsets.Length == keys.Count;
        illegal = isLegal ? illegal : MmcStatus.InvalidParameter;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(ClientCall.BatchGet);
        while (call.Begin())
        {
            call.Status = GetAttempt(ref call, keys.Spans, new ReadTargets(buffers, offsets, exactSize: true), results);
            call.End();
        }

        return Finish(call.Status, results);
    }
}
