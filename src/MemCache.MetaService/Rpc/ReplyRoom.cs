using System.Diagnostics.CodeAnalysis;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>Where a handler encodes a reply in place: behind what the thread has not sent yet. Valid during one call.</summary>
internal readonly struct ReplyRoom(FrameBuffer buffer, int offset)
{
    /// <summary>Room for <paramref name="sizeBytes"/> of payload; what was taken before is invalid.</summary>
    public Span<byte> Take(int sizeBytes)
    {
        buffer.Require(offset + sizeBytes, offset);
        return buffer.Span.Slice(offset, sizeBytes);
    }

    /// <summary>Writes the text of an error.</summary>
    /// <returns>The payload's length in bytes.</returns>
    public int WriteError(ReadOnlySpan<byte> text) => ErrorReply.Encode(Take(ErrorReply.SizeBytesMax), text);

    /// <summary>Writes the text of an error that is made up at run time: for what happens once per connection, not per request.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Reads like its sibling.")]
    public int WriteError(string text) => WriteError(System.Text.Encoding.UTF8.GetBytes(text));
}
