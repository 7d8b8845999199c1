using System.Buffers;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.DistributedCache;

/// <content>Get and refresh.</content>
internal sealed partial class EntryStore
{
    // Between learning the size and reading, the entry can be replaced by one of another size: then again, and not for
    // ever.
    private const int AttemptCountMax = 4;

    // A use is noted when this part of the window has passed since the last note: 16 notes a window at most, however
    // many gets.
    private const int NotesPerWindow = 16;

    /// <summary>
    /// <see cref="MmcStatus.Ok"/>: there; <see cref="MmcStatus.ObjectNotFound"/>: not there, expired, or not to be
    /// believed.
    /// </summary>
    private MmcStatus Get(ObjectStore store, CacheCall call)
    {
        MmcStatus status = MmcStatus.BlobChanged;
        for (int i = 0; i < AttemptCountMax && status is MmcStatus.BlobChanged or MmcStatus.SizeMismatch; i++)
        {
            status = store.Get(call.PoolKey(PoolKeys.Value), call.Small.Span, out long sizeBytes);
            status = status switch
            {
                MmcStatus.Ok => TakeSmall(store, call, call.Small.Span[..(int)sizeBytes]),
                MmcStatus.SizeMismatch when sizeBytes > Array.MaxLength => MmcStatus.ExceedsCapacity,
                MmcStatus.SizeMismatch => TakeLarge(store, call, (int)sizeBytes),
                _ => status,
            };
        }

        // Replaced as often as it was read, or bytes that are not those that were put: the pool is well, the value is
        // not to be had.
        return status is MmcStatus.BlobChanged or MmcStatus.SizeMismatch or MmcStatus.ChecksumMismatch
            ? MmcStatus.ObjectNotFound
            : status;
    }

    private MmcStatus TakeSmall(ObjectStore store, CacheCall call, ReadOnlySpan<byte> found)
    {
        MmcStatus status = Check(store, call, found, found.Length);
        if (status != MmcStatus.Ok || call.Operation == CacheOperation.Refresh)
        {
            return status;
        }

        ReadOnlySpan<byte> value = found[..^call.TrailerBytes];
        if (call.Writer is null)
        {
            call.Value = value.ToArray();
        }
        else
        {
            call.Writer.Write(value);
        }

        return MmcStatus.Ok;
    }

    private MmcStatus TakeLarge(ObjectStore store, CacheCall call, int sizeBytes)
    {
        if (call.Operation == CacheOperation.Refresh)
        {
            byte[] nowhere = ArrayPool<byte>.Shared.Rent(sizeBytes);
            MmcStatus status = TakeInto(store, call, nowhere.AsSpan(0, sizeBytes), out _);
            ArrayPool<byte>.Shared.Return(nowhere);
            return status;
        }

        return call.Writer is null
            ? TakeArray(store, call, sizeBytes)
            : TakeWritten(store, call, call.Writer, sizeBytes);
    }

    /// <summary>
    /// From the pool straight into the writer's memory; the trailer lands behind the value and is left out.
    /// </summary>
    private MmcStatus TakeWritten(ObjectStore store, CacheCall call, IBufferWriter<byte> writer, int sizeBytes)
    {
        MmcStatus status = TakeInto(store, call, writer.GetSpan(sizeBytes)[..sizeBytes], out int valueBytes);
        if (status == MmcStatus.Ok)
        {
            writer.Advance(valueBytes);
        }

        return status;
    }

    private MmcStatus TakeInto(ObjectStore store, CacheCall call, Span<byte> room, out int valueBytes)
    {
        valueBytes = 0;
        MmcStatus status = store.Get(call.PoolKey(PoolKeys.Value), room, out long sizeBytes);
        if (status == MmcStatus.Ok)
        {
            status = Check(store, call, room[..(int)sizeBytes], sizeBytes);
            valueBytes = (int)sizeBytes - call.TrailerBytes;
        }

        return status;
    }

    /// <summary>From the pool straight into an array that is as long as the value, the trailer elsewhere.</summary>
    private MmcStatus TakeArray(ObjectStore store, CacheCall call, int sizeBytes)
    {
        int trailerBytes = call.TrailerBytes;
        if (sizeBytes <= trailerBytes)
        {
            return MmcStatus.ObjectNotFound;
        }

        byte[] value = GC.AllocateUninitializedArray<byte>(sizeBytes - trailerBytes);
        call.Trailer.Require(trailerBytes);
        call.Buffers.Clear();
        try
        {
            call.AddPinned(value);
            call.Buffers.Add(call.Trailer.Address, trailerBytes);
            call.Buffers.EndObject();
            MmcStatus status = store.GetBatch(OnlyKey(call, PoolKeys.Value), call.Buffers, call.Results);
            status = status == MmcStatus.Ok ? Check(store, call, call.Trailer.Span[..trailerBytes], sizeBytes) : status;
            call.Value = status == MmcStatus.Ok ? value : null;
            return status;
        }
        finally
        {
            call.Unpin();
        }
    }

    /// <summary>Whether what was read is the entry, current and not expired; then it has been used.</summary>
    private MmcStatus Check(ObjectStore store, CacheCall call, ReadOnlySpan<byte> end, long objectBytes)
    {
        if (!EntryTrailer.TryRead(end, call.CarriedKey, objectBytes, out EntryTrailer trailer))
        {
            return MmcStatus.ObjectNotFound;
        }

        if (_stale.Covers(call.Key, trailer.CreatedTicks))
        {
            // Others may still believe it: made up for now that the pool answers.
            RemoveObjects(store, call);
            return MmcStatus.ObjectNotFound;
        }

        long now = NowTicks;
        bool isThere = now < trailer.ExpiresTicks
            && (trailer.SlidingTicks == 0 || IsWithinWindow(store, call, trailer, now));
        return isThere ? MmcStatus.Ok : MmcStatus.ObjectNotFound;
    }

    private static bool IsWithinWindow(ObjectStore store, CacheCall call, in EntryTrailer trailer, long now)
    {
        long pause = trailer.SlidingTicks / NotesPerWindow;
        if (now - trailer.CreatedTicks < pause)
        {
            return true;
        }

        // Two places, so that one note stays readable while the other is replaced: an object can't be changed.
        ReadNotes(store, call, trailer.Version, out long first, out long second);
        long used = Math.Max(trailer.CreatedTicks, Math.Max(first, second));
        if (now - used >= trailer.SlidingTicks)
        {
            return false;
        }

        if (now - used >= pause)
        {
            WriteNote(store, call, first >= second ? 2 : 1, trailer.Version, now);
        }

        return true;
    }

    private static void ReadNotes(ObjectStore store, CacheCall call, Guid version, out long first, out long second)
    {
        call.SomeKeys.Clear();
        call.Buffers.Clear();
        for (int i = 0; i < 2; i++)
        {
            call.SomeKeys.Add(call.PoolKey(i + 1));
            call.Buffers.AddObject(call.Notes.Address + (nuint)(i * UseNote.SizeBytes), UseNote.SizeBytes);
        }

        store.GetBatch(call.SomeKeys, call.Buffers, call.Results);
        ReadOnlySpan<byte> notes = call.Notes.Span;
        first = call.Results[0] == MmcStatus.Ok ? UseNote.Read(notes, version) : long.MinValue;
        second = call.Results[1] == MmcStatus.Ok ? UseNote.Read(notes[UseNote.SizeBytes..], version) : long.MinValue;
    }

    /// <summary>
    /// A note that can't be written costs the entry some of its window, never more than that: nobody is told.
    /// </summary>
    private static void WriteNote(ObjectStore store, CacheCall call, int index, Guid version, long now)
    {
        Span<byte> note = call.Notes.Span[..UseNote.SizeBytes];
        UseNote.Write(note, version, now);
        store.Remove(call.PoolKey(index));
        store.Put(call.PoolKey(index), note);
    }
}
