using System.Globalization;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>The state of the pool in one line of <c>key=value</c>, for the log.</summary>
internal static class SummaryLine
{
    public static string Format(MetaServer server)
    {
        MetaEngineStats stats = server.ReadStats();
        RequestLane requests = server.Requests.Sum();
        long requestCount = 0;
        long failureCount = 0;
        foreach (Operation operation in Enum.GetValues<Operation>())
        {
            requestCount += requests.Requests(operation);
            failureCount += requests.Failures(operation);
        }

        long capacity = stats.Media.Sum(medium => medium.CapacityBytes);
        long used = stats.Media.Sum(medium => medium.UsedBytes);
        return string.Create(CultureInfo.InvariantCulture,
            $"objects={stats.ObjectCount} capacity_bytes={capacity} allocated_bytes={used} "
            + $"sessions={server.Sessions.SessionCount} "
            + $"connections={server.ConnectionCount} reservations={stats.ReservationCount} orphans={stats.OrphanCount} "
            + $"evicted={stats.EvictedByWatermark + stats.EvictedByReserve + stats.EvictedByQuota} requests={requestCount} "
            + $"failures={failureCount}");
    }
}
