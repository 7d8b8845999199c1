namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/keys</c>.</summary>
/// <param name="Success"><see langword="true"/>.</param>
/// <param name="Keys">Objects of this page, in no order.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; empty: this was the last one.</param>
internal sealed record KeysReply(bool Success, KeyReply[] Keys, string Next);
