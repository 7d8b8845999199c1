using System.Runtime.InteropServices;

namespace MemCache.Protocol;

/// <summary>How much one counter has grown since the last report. 16 bytes, little-endian, as they travel.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct ReportEntry
{
    /// <summary>Which; a reader leaves out what it does not know.</summary>
    [FieldOffset(0)] public ReportCounter Counter;

    /// <summary>Which of the counter's indexes; a reader leaves out what it does not know.</summary>
    [FieldOffset(2)] public ushort Index;

    /// <summary>0.</summary>
    [FieldOffset(4)] public uint Reserved;

    /// <summary>The growth, or the value of what does not add up.</summary>
    [FieldOffset(8)] public ulong Value;
}
