using MemCache.Core;

namespace MemCache.Benchmarks;

/// <summary>
/// Prompts of conversations without end, as block numbers: one of some living conversations goes on by two blocks, or ends and a new one
/// takes its place. About 26 blocks a prompt, of which the first four are shared by a 32nd of all.
/// </summary>
internal sealed class ChatStream(int conversationCount, ulong seed)
{
    private const int SystemPromptCount = 32;
    private const int SystemPromptBlocks = 4;
    private const int FirstBlocks = 16;
    private const int TurnBlocks = 2;
    private const int TurnCountMean = 4;

    private readonly SplitMix64 _random = new(seed);
    private readonly List<int>?[] _conversations = new List<int>?[conversationCount];

    /// <summary>One behind the largest number so far.</summary>
    public int BlockCount { get; private set; } = SystemPromptCount * SystemPromptBlocks;

    public List<int> Next()
    {
        int place = (int)_random.Below(_conversations.Length);
        List<int>? blocks = _conversations[place];
        if (blocks is null || _random.Below(TurnCountMean) == 0)
        {
            int prompt = (int)_random.Below(SystemPromptCount);
            blocks = [.. Enumerable.Range(prompt * SystemPromptBlocks, SystemPromptBlocks)];
            _conversations[place] = blocks;
            Extend(blocks, FirstBlocks);
        }
        else
        {
            Extend(blocks, TurnBlocks);
        }

        return blocks;
    }

    private void Extend(List<int> blocks, int count)
    {
        for (int i = 0; i < count; i++)
        {
            blocks.Add(BlockCount++);
        }
    }
}
