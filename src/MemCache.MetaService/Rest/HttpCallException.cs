namespace MemCache.MetaService;

/// <summary>
/// A call that can't be done, in words for who made it: the answer is the failure shape with HTTP status 200.
/// </summary>
internal sealed class HttpCallException(string message) : Exception(message);
