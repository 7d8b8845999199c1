using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// The slots whose blobs bytes are being received into. A thread that receives enters the slot here first and checks
/// the slot's word then; the owner resolves an orphan under the same lock. So either the receiver finds the slot
/// revoked, or the owner finds the receiver.
/// </summary>
internal sealed class ReceiveTable
{
    // Serves no other lock inside; a slot's word may change under it.
    private readonly Lock _gate = new();
    private readonly Dictionary<(uint Slot, ulong Generation), int> _counts = [];

    /// <summary>Enters a slot. Its word is to be checked afterwards.</summary>
    public void Enter(in BlobLocation blob)
    {
        lock (_gate)
        {
            _counts[(blob.Slot, blob.Generation)] = _counts.GetValueOrDefault((blob.Slot, blob.Generation)) + 1;
        }
    }

    /// <summary>Ends one <see cref="Enter"/>, behind the last store.</summary>
    public void Exit(in BlobLocation blob)
    {
        lock (_gate)
        {
            int left = _counts[(blob.Slot, blob.Generation)] - 1;
            if (left > 0)
            {
                _counts[(blob.Slot, blob.Generation)] = left;
            }
            else
            {
                _counts.Remove((blob.Slot, blob.Generation));
            }
        }
    }

    /// <summary>Whether bytes are being received for this reservation.</summary>
    public bool Contains(uint slot, ulong generation)
    {
        lock (_gate)
        {
            return _counts.ContainsKey((slot, generation));
        }
    }

    /// <summary>
    /// <see cref="SegmentView.ResolveOrphan"/> unless bytes are being received: then the slot is pending.
    /// </summary>
    public OrphanState Resolve(SegmentView view, uint slot, ulong generation, bool writerIsDead)
    {
        lock (_gate)
        {
            bool isReceiving = _counts.ContainsKey((slot, generation));
            return view.ResolveOrphan(slot, generation, writerIsDead && !isReceiving);
        }
    }

    /// <summary>
    /// Begins a write over several requests: the slot is entered while its pages are stamped, which is storing too.
    /// </summary>
    public MmcStatus Begin(SegmentView view, in BlobLocation blob)
    {
        Enter(blob);
        try
        {
            return view.BeginWrite(blob, isHidden: true, isRemote: true);
        }
        finally
        {
            Exit(blob);
        }
    }

    /// <summary>Ends a write over several requests unless a part is still on its way.</summary>
    public MmcStatus End(SegmentView view, in BlobLocation blob, in BlobIdentity identity)
    {
        lock (_gate)
        {
            return _counts.ContainsKey((blob.Slot, blob.Generation))
                ? MmcStatus.StateMismatch
                : view.EndWrite(blob, identity);
        }
    }

    /// <summary>Gives a write over several requests up unless a part is still on its way.</summary>
    public MmcStatus Abort(SegmentView view, in BlobLocation blob)
    {
        lock (_gate)
        {
            if (_counts.ContainsKey((blob.Slot, blob.Generation)))
            {
                return MmcStatus.StateMismatch;
            }

            view.AbortWrite(blob);
            return MmcStatus.Ok;
        }
    }
}
