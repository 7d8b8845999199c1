using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <content>Global addresses: space for objects that are written and read piece by piece, one layer of many blocks at a time.</content>
public sealed partial class ObjectStore
{
    /// <summary>
    /// Takes space for objects that this process then writes with <see cref="CopyBatch(ReadOnlySpan{GlobalAddress}, BufferBatch, CopyDirection)"/>
    /// and publishes with <see cref="FinishWriteBatch"/>. Until then nobody can read them. What is not finished when its lease ends is given
    /// back, and what a process held when it died.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="sizesBytes">Shape [n]; 1 .. what a segment holds.</param>
    /// <param name="medium">What to store on.</param>
    /// <param name="leaseMs">How long they may stay unfinished; 0: the longer of the configured read lease and <see cref="Limits.AllocationLeaseMsDefault"/>.</param>
    /// <param name="addresses">Shape [n]; the first byte of each object, the invalid address where there is none.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.DuplicatedObject"/>: the key is there, or this process has it allocated
    /// already. <see cref="MmcStatus.AllocationFailed"/>, <see cref="MmcStatus.ExceedsCapacity"/>, <see cref="MmcStatus.LimitExceeded"/>,
    /// <see cref="MmcStatus.InvalidParameter"/>: no space was taken.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus AllocBatch(
        KeyBatch keys, ReadOnlySpan<long> sizesBytes, Medium medium, int leaseMs, Span<GlobalAddress> addresses,
        Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        addresses.Clear();
        results.Fill(NotYet);
        return NotYet;
    }

    /// <inheritdoc cref="CopyBatch(ReadOnlySpan{GlobalAddress}, BufferBatch, CopyDirection, Span{MmcStatus})"/>
    public MmcStatus CopyBatch(ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, CopyDirection direction)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        return NotYet;
    }

    /// <summary>Copies between buffers and the pool. An address may lie inside an object: base + distance. Copying does not publish.</summary>
    /// <param name="addresses">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>: where each entry's bytes begin in the pool.</param>
    /// <param name="buffers">Shape [n] of 1 .. <see cref="Limits.LayerCountMax"/> layers, which follow each other in the pool.</param>
    /// <param name="direction">
    /// <see cref="CopyDirection.Put"/>: from the buffers into allocations of this process; <see cref="CopyDirection.Get"/>: from readable
    /// objects into the buffers.
    /// </param>
    /// <param name="results">
    /// Shape [n]; every entry is written; one that fails does not stop the others. <see cref="MmcStatus.InvalidParameter"/>: address or
    /// buffers are not legal, or the range leaves the object. Put: <see cref="MmcStatus.StateMismatch"/>: no unfinished allocation of this
    /// process; <see cref="MmcStatus.ReservationRevoked"/>: its lease has ended or the MetaService was lost. Get:
    /// <see cref="MmcStatus.BlobChanged"/>: the object is gone, the buffers hold garbage; <see cref="MmcStatus.StateMismatch"/>: it is not
    /// readable yet; <see cref="MmcStatus.LinkNotFound"/>: the segment can't be reached.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus CopyBatch(
        ReadOnlySpan<GlobalAddress> addresses, BufferBatch buffers, CopyDirection direction, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        results.Fill(NotYet);
        return NotYet;
    }

    /// <summary>
    /// Ends allocations of this process: publishes or drops them. Copies into them that run are waited for. Saying the same again gives the
    /// same answer.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="outcomes">Shape [n]; 0: every byte was written, publish; any other: drop.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.Ok"/>: readable (another's object, if that was published first), or dropped.
    /// <see cref="MmcStatus.KeyNotFound"/>: this process has not allocated the key. <see cref="MmcStatus.StateMismatch"/>: it was finished
    /// the other way. <see cref="MmcStatus.ReservationRevoked"/>: its lease ended or the MetaService was lost, nothing was published.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus FinishWriteBatch(KeyBatch keys, ReadOnlySpan<int> outcomes, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        results.Fill(NotYet);
        return NotYet;
    }

    private MmcStatus NotYet => _closed != 0 ? MmcStatus.NotInitialised : MmcStatus.NotStarted;
}
