using System.Buffers;
using System.Text.Unicode;
using MemCache.Core;
using Microsoft.Extensions.Options;

namespace MemCache.DistributedCache;

/// <summary>Says at start, for every problem at once, what is wrong with the options.</summary>
internal sealed class MemCacheOptionsValidator : IValidateOptions<MemCacheOptions>
{
    public ValidateOptionsResult Validate(string? name, MemCacheOptions options)
    {
        var problems = new List<string>();
        if (!IsLegalPrefix(options.KeyPrefix))
        {
            problems.Add(
                $"{nameof(MemCacheOptions.KeyPrefix)} = '{options.KeyPrefix}' is not legal; "
                + $"legal is text of 1 .. {PoolKeys.PrefixBytesMax} bytes of UTF-8");
        }

        try
        {
            options.LocalService.Validate();
        }
        catch (OptionsException exception)
        {
            problems.Add($"{nameof(MemCacheOptions.LocalService)}: {exception.Message}");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static bool IsLegalPrefix(string? prefix)
    {
        Span<byte> room = stackalloc byte[PoolKeys.PrefixBytesMax];
        return !string.IsNullOrEmpty(prefix)
            && Utf8.FromUtf16(prefix, room, out _, out _, replaceInvalidSequences: false) == OperationStatus.Done;
    }
}
