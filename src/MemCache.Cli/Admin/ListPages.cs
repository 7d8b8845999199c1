using System.Globalization;
using System.Text.Json;

namespace MemCache.Cli;

/// <summary>Reads a list of the MetaService page by page.</summary>
internal static class ListPages
{
    private const int PageMax = 1000;

    /// <summary>The entries, up to a number of them.</summary>
    /// <param name="client">Whom to ask.</param>
    /// <param name="path">The call, with its own parameters.</param>
    /// <param name="field">Field of an answer with the entries.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(
        AdminClient client, string path, string field, int countMax,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        string after = "";
        while (countMax > 0)
        {
            string limit = Math.Min(countMax, PageMax).ToString(CultureInfo.InvariantCulture);
            string next = after.Length > 0 ? $"&after={Uri.EscapeDataString(after)}" : "";
            string separator = path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
            JsonElement page =
                await client.GetAsync($"{path}{separator}limit={limit}{next}", cancellation).ConfigureAwait(false);
            foreach (JsonElement entry in page.List(field))
            {
                yield return entry;
                countMax--;
            }

            after = page.Text("next");
            if (after.Length == 0)
            {
                yield break;
            }
        }
    }
}
