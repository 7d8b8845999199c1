namespace MemCache.MetaService;

/// <summary>One parameter of a call's query, for the OpenAPI document and the reference page.</summary>
/// <param name="Name">As it stands in the URL.</param>
/// <param name="Meaning">What it is, with its bounds.</param>
/// <param name="IsRequired">Whether the call fails without it.</param>
/// <param name="IsNumber">A whole number; else text.</param>
internal sealed record HttpParameter(string Name, string Meaning, bool IsRequired = false, bool IsNumber = false);
