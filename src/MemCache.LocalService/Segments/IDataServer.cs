using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>What serves the own segment to other hosts. Any thread. Disposing closes its connections.</summary>
internal interface IDataServer : IDisposable
{
    /// <summary>Where it listens, as peers are to be told.</summary>
    string Address { get; }

    /// <summary>Serves this segment from now on, and no other.</summary>
    void Serve(SegmentView view);

    /// <summary>
    /// <see cref="SegmentView.ResolveOrphan"/>, but pending while bytes for the reservation are being received, so that
    /// what is resolved is never stored into again.
    /// </summary>
    OrphanState ResolveOrphan(SegmentView view, uint slot, ulong generation, bool writerIsGone);
}
