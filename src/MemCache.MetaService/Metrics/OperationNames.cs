using System.Text;
using MemCache.Protocol;

namespace MemCache.MetaService;

/// <summary>What operations are called in metrics, trace tables and events.</summary>
internal static class OperationNames
{
    private static readonly string[] Names = [.. Enum.GetNames<Operation>().Select(Snake)];

    /// <summary>Operations whose counters have names of their own, known to existing dashboards.</summary>
    public static IEnumerable<Operation> Named => All.Where(operation => operation <= Operation.Unmount);

    /// <summary>All operations.</summary>
    public static Operation[] All { get; } = Enum.GetValues<Operation>();

    /// <summary>Name of an operation, as in <c>batch_get</c>.</summary>
    public static string Of(Operation operation) => Names[(int)operation];

    /// <summary>
    /// What a request is counted as, as far as its opcode tells; of one for several keys the form for one.
    /// </summary>
    public static Operation Of(Opcode opcode) => opcode switch
    {
        Opcode.Hello => Operation.Hello,
        Opcode.Join => Operation.Join,
        Opcode.Leave => Operation.Leave,
        Opcode.Heartbeat => Operation.Heartbeat,
        Opcode.Segments => Operation.Segments,
        Opcode.Exists => Operation.ExistKey,
        Opcode.Lookup => Operation.Get,
        Opcode.Reserve or Opcode.Allocate => Operation.Alloc,
        Opcode.Commit => Operation.UpdateState,
        Opcode.Remove => Operation.Remove,
        Opcode.RemoveAll => Operation.RemoveAll,
        Opcode.Release => Operation.Release,
        Opcode.Stats => Operation.Stats,
        Opcode.AddLease => Operation.AddLease,
        Opcode.RemoveLease => Operation.RemoveLease,
        Opcode.Restore or Opcode.EndRestore => Operation.Restore,
        Opcode.TakeMoves => Operation.TakeMoves,
        Opcode.FinishMoves => Operation.FinishMoves,
        Opcode.Report => Operation.Report,
        Opcode.Pin => Operation.Pin,
        _ => Operation.Unknown,
    };

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                _ = text.Append('_');
            }

            _ = text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
