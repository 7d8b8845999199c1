namespace MemCache.MetaService;

/// <summary>One trace point, as <c>/metrics/ptracer</c> has it; times in microseconds.</summary>
internal sealed record TraceRowReply(
    string Name, long Begin, long GoodEnd, long BadEnd, long OnFly, double MinUs, double MaxUs, double AvgUs,
        double TotalUs);
