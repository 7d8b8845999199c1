namespace MemCache.Cli;

/// <summary>Where a MetaService's HTTP calls are, and how to be let in.</summary>
/// <param name="Url">Scheme, host and port.</param>
internal sealed record AdminTarget(Uri Url)
{
    /// <summary>Bearer token; empty: none.</summary>
    public string Token { get; init; } = "";

    /// <summary>PEM file of the authority that is trusted; empty: those of the system.</summary>
    public string AuthorityPath { get; init; } = "";

    /// <summary>PEM file of our certificate; empty: none is shown.</summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>PEM file of our private key.</summary>
    public string KeyPath { get; init; } = "";

    /// <summary>How long to wait for an answer to begin.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
