using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// The statuses that a correct client may see of each operation while ranks join, leave and die, hosts are cut off and
/// the MetaService restarts. docs/operations/troubleshooting.md lists the same, with what to do about them; a test
/// compares the two.
/// </summary>
internal static class DocumentedStatuses
{
    // Any call: its MetaService is away or has taken it for lost, did not answer in time, or refused a certificate.
    private static readonly MmcStatus[] OfEveryCall =
        [MmcStatus.Ok, MmcStatus.NotConnectedToMeta, MmcStatus.Timeout, MmcStatus.TlsFailed];

    // Bytes: the rank that holds them, or is to hold them, is not reached.
    private static readonly MmcStatus[] OfCopies = [MmcStatus.LinkNotFound, MmcStatus.NotConnectedToLocal];

    private static readonly MmcStatus[] OfWrites =
    [
        .. OfCopies, MmcStatus.AllocationFailed, MmcStatus.ReplicaWriteFailed, MmcStatus.ReservationRevoked,
        MmcStatus.LimitExceeded,
    ];

    /// <summary>Statuses of each operation, by the name that the soak counts it under.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<MmcStatus>> ByOperation { get; } =
        new Dictionary<string, IReadOnlyList<MmcStatus>>
        {
            ["exist"] = [.. OfEveryCall, MmcStatus.ObjectNotFound],
            ["get"] = [.. OfEveryCall, .. OfCopies, MmcStatus.ObjectNotFound, MmcStatus.BlobChanged],
            ["put"] = [.. OfEveryCall, .. OfWrites],
            ["remove"] = [.. OfEveryCall, MmcStatus.ObjectNotFound],
            ["lease"] = [.. OfEveryCall, MmcStatus.KeyNotFound, MmcStatus.StateMismatch, MmcStatus.LimitExceeded],
            ["unlease"] = [.. OfEveryCall, MmcStatus.KeyNotFound],
            ["alloc"] = [.. OfEveryCall, .. OfWrites, MmcStatus.DuplicatedObject],
            ["write"] = [.. OfEveryCall, .. OfWrites],
            ["finish"] = [.. OfEveryCall, .. OfWrites, MmcStatus.KeyNotFound],
        };

    /// <summary>Whether an operation may end so.</summary>
    public static bool Contains(string operation, MmcStatus status) =>
        ByOperation.TryGetValue(operation, out IReadOnlyList<MmcStatus>? statuses) && statuses.Contains(status);
}
