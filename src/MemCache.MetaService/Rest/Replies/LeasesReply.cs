namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/leases</c>.</summary>
/// <param name="Success"><see langword="true"/>.</param>
/// <param name="Objects">Objects that are held, in no order; removed ones that wait for their readers included.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; empty: this was the last one. A page may be
/// short, or empty, before.</param>
internal sealed record LeasesReply(bool Success, LeasedObject[] Objects, string Next);
