using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MemCache.Core;

/// <summary>Checks that stay on in Release. A broken one is a bug in MemCache, never a consequence of input.</summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantException"/> unless <paramref name="condition"/> holds.</summary>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string expression = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
        {
            Throw(expression, file, line);
        }
    }

    [DoesNotReturn]
    private static void Throw(string expression, string file, int line) =>
        throw new InvariantException($"invariant broken: {expression} ({Path.GetFileName(file)}:{line})");
}
