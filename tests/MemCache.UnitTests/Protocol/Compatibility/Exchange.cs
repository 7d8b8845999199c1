namespace MemCache.UnitTests.Protocol.Compatibility;

/// <summary>A request of a client and the reply that it got, whole frames, on one of the client's connections.</summary>
/// <param name="Connection">Number of the connection, from 0 in the order in which they came.</param>
/// <param name="IsMembership">Whether it was made to the membership address; else to that of the data requests.</param>
/// <param name="Request">The frame.</param>
/// <param name="Reply">The frame.</param>
internal sealed record Exchange(int Connection, bool IsMembership, byte[] Request, byte[] Reply)
{
    /// <summary>Reads a file of exchanges: connection, address and hexadecimal frames of each on a line of its own.</summary>
    public static IReadOnlyList<Exchange> Load(string path) =>
    [
        .. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')).Select(
            words => new Exchange(
                int.Parse(words[0]), words[1] == "membership",
                Convert.FromHexString(words[2]), Convert.FromHexString(words[3]))),
    ];

    /// <summary>Writes such a file.</summary>
    public static void Save(string path, string comment, IEnumerable<Exchange> exchanges) => File.WriteAllLines(
        path,
        [
            $"# {comment}",
            .. exchanges.Select(e => $"{e.Connection} {(e.IsMembership ? "membership" : "data")} "
                + $"{Convert.ToHexString(e.Request)} {Convert.ToHexString(e.Reply)}"),
        ]);
}
