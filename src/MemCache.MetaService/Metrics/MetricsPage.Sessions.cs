using MemCache.Meta;

namespace MemCache.MetaService;

/// <content>Moves, drain jobs, sessions, connections, leases.</content>
internal static partial class MetricsPage
{
    private static void WriteMoves(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        text.Section("Moves");
        text.Single(
            "memcache_moved_replicas_total", "counter", "Replicas that left a drained segment for another.",
            stats.ReplicasMoved);
        text.Single(
            "memcache_moved_bytes_total", "counter", "Bytes of replicas that left a drained segment.",
            stats.MovedBytes);
        text.Single(
            "memcache_repaired_replicas_total", "counter", "Replicas made anew for lost ones.", stats.ReplicasRepaired);
        text.Single("memcache_repaired_bytes_total", "counter", "Bytes of replicas made anew.", stats.RepairedBytes);
        text.Single(
            "memcache_moves_dropped_total", "counter", "Moves that came to nothing: object gone, copy failed.",
            stats.MovesDropped);
        text.Single(
            "memcache_drained_objects_total", "counter", "Objects dropped with their drained segment.",
            stats.ObjectsDrained);
        text.Single(
            "memcache_moves_waiting", "gauge", "Replicas found that wait to be moved or repaired.",
            stats.MoveQueueCount);
        text.Single("memcache_moves_in_flight", "gauge", "Replicas that LocalServices are copying.", stats.MovingCount);
        text.Single(
            "memcache_segments_draining", "gauge", "Segments that are drained, or were and stay empty.",
            stats.Segments.Count(segment => segment is { IsAlive: true, IsDraining: true }));
        text.Single(
            "memcache_segments_restoring", "gauge",
            "Segments that are bringing their content back; nothing is placed into them.", stats.RestoringCount);
        text.Begin("memcache_drain_jobs_total", "counter", "state", "Drain jobs, by what became of them.")
            .Value("state=\"started\"", server.Drains.StartedCount);
        ReadOnlySpan<DrainState> ends = [DrainState.Done, DrainState.Failed, DrainState.Cancelled];
        foreach (DrainState state in ends)
        {
            text.Value($"state=\"{DrainJobReply.NameOf(state)}\"", server.Drains.EndedCount(state));
        }
    }

    private static void WriteSessions(PrometheusText text, MetaServer server, MetaEngineStats stats)
    {
        text.Section("Sessions and leases");
        text.Single("memcache_sessions", "gauge", "Clients that have joined.", server.Sessions.SessionCount);
        text.Single(
            "memcache_sessions_lost_total", "counter", "Sessions that ended without a leave.",
            server.Sessions.LostCount);
        text.Single("memcache_connections", "gauge", "Open connections.", server.ConnectionCount);
        text.Single(
            "memcache_connections_refused_total", "counter", "Connections refused: too many.",
            server.ConnectionRefusedCount);
        text.Single(
            "memcache_handshake_failures_total", "counter",
            "Connections turned away before their first request: TLS failed, or another user's process.",
            server.HandshakeFailureCount);
        text.Begin(
            "memcache_tls_certificate_expiry_seconds", "gauge", "connection",
            "Seconds until the certificate, or a revocation list, of an encrypted connection expires.");
        foreach ((string connection, Fabric.TlsKeyring keyring) in server.Tls.Keyrings)
        {
            text.Value($"connection=\"{connection}\"", keyring.SecondsUntilExpiry);
        }

        if (server.Https is { } https)
        {
            text.Value("connection=\"http\"", https.SecondsUntilExpiry);
        }

        text.Single("memcache_reservations", "gauge", "Reservations of living clients.", stats.ReservationCount);
        text.Single(
            "memcache_reservations_dropped_total", "counter", "Reservations that their writers dropped.",
            stats.ReservationsDropped);
        text.Single(
            "memcache_reservations_revoked_total", "counter",
            "Reservations whose space came back because their client was gone.",
            stats.ReservationsRevoked);
        text.Single(
            "memcache_orphans", "gauge", "Reservations of lost clients that may still be written to.",
            stats.OrphanCount);
        text.Single(
            "memcache_allocations", "gauge", "Unfinished reservations of batch_alloc, part of memcache_reservations.",
            stats.AllocationCount);
        text.Single("memcache_key_leases", "gauge", "Leases by key that are held.", stats.KeyLeaseCount);
        text.Single("memcache_leases_granted_total", "counter", "Read leases granted.", stats.LeasesGranted);
        text.Single(
            "memcache_leases_released_total", "counter", "Read leases given back; the others lapsed or are held.",
            stats.LeasesReleased);
        text.Single(
            "memcache_registry_version", "gauge", "Version of the segment registry.", server.Sessions.RegistryVersion);
        text.Single("memcache_epoch", "gauge", "Epoch of this MetaService.", server.Sessions.Epoch);
    }
}
