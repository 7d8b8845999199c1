namespace MemCache.LocalService;

/// <summary>Where one entry of a get or put stands.</summary>
internal struct TransferEntry
{
    /// <summary>Get: the replica that is read, an index into <see cref="CallContext.Replicas"/>.</summary>
    public int ReplicaIndex;

    /// <summary>The entry's first operation in the remote batch; -1: none, all of it is mapped.</summary>
    public int Operation;

    /// <summary>Put: its operations in the remote batch, one behind the other.</summary>
    public int OperationCount;

    /// <summary>Put: CRC-32C of the object, if objects have one.</summary>
    public uint Checksum;

    /// <summary>Get: first byte that is wanted, from the start of the object.</summary>
    public long Offset;

    /// <summary>Get: bytes that are wanted.</summary>
    public long SizeBytes;

    /// <summary>Get: bit r: replica r was tried, or can't be reached.</summary>
    public byte Tried;

    /// <summary>Get: what comes next.</summary>
    public TransferState State;
}
