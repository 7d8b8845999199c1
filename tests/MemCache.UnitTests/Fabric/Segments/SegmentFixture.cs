using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>Segments of one test in a directory of its own.</summary>
internal sealed class SegmentFixture(ShmDirectory? directory = null) : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly bool _ownsDirectory = directory is null;

    public ShmDirectory Directory { get; } = directory ?? new ShmDirectory();

    public OwnedSegment CreateOwned(long sizeBytes = 4 << 20)
    {
        SegmentOptions options = new() { Directory = Directory.Path, SizeBytes = sizeBytes };
        MmcStatus status = OwnedSegment.Create(options, NullLogger.Instance, out OwnedSegment? segment, out string error);
        Assert.True(status == MmcStatus.Ok, $"{status}: {error}");
        _open.Add(segment!);
        return segment!;
    }

    public PeerSegment OpenPeer(OwnedSegment owned)
    {
        MmcStatus status = PeerSegment.Open(
            Directory.Path, owned.View.FileName, owned.View.Uuid, out PeerSegment? peer, out string error);
        Assert.True(status == MmcStatus.Ok, $"{status}: {error}");
        _open.Add(peer!);
        return peer!;
    }

    /// <summary>The file as another process sees it: a mapping that knows nothing of segments.</summary>
    public MappedRegion MapRaw(SegmentView view)
    {
        Assert.Equal(
            Errno.None, PosixFile.OpenExisting(Directory.PathOf(view.FileName), writable: true, out PosixFile? file));
        using (file)
        {
            Assert.Equal(Errno.None, file!.Map(new SegmentLayout(view.DataBytes).FileBytes, out MappedRegion? region));
            _open.Add(region!);
            return region!;
        }
    }

    public void Dispose()
    {
        _open.ForEach(segment => segment.Dispose());
        if (_ownsDirectory)
        {
            Directory.Dispose();
        }
    }
}
