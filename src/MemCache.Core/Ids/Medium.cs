namespace MemCache.Core;

/// <summary>What a segment is made of. The numbers are those of <c>KeyInfo.type_list()</c>.</summary>
public enum Medium : byte
{
    /// <summary>Device memory.</summary>
    Hbm = 0,

    /// <summary>Host memory.</summary>
    Dram = 1,

    /// <summary>Flash storage.</summary>
    Ssd = 2,
}
