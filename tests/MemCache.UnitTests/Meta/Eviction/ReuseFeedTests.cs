using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public sealed class ReuseFeedTests
{
    [Fact]
    public void Notes_come_out_in_the_order_in_which_they_went_in()
    {
        var feed = new ReuseFeed();
        feed.Note(NoteKind.Asked, [1, 2, 3]);
        feed.Note(NoteKind.Placed, 3);
        feed.Note(NoteKind.Read, [1]);
        feed.Note(NoteKind.Gone, 3);
        Assert.Equal((2, false), (feed.ChangeCount, feed.IsEmpty));

        ulong[] words = new ulong[1];
        int count = feed.Take(ref words);

        List<string> notes = [];
        for (int i = 0; i < count;)
        {
            (NoteKind kind, int keyCount) = ReuseFeed.Read(words[i]);
            notes.Add($"{kind} {string.Join(' ', words[(i + 1)..(i + 1 + keyCount)])}");
            i += 1 + keyCount;
        }

        Assert.Equal(["Asked 1 2 3", "Placed 3", "Read 1", "Gone 3"], notes);
        Assert.Equal((0, true), (feed.ChangeCount, feed.IsEmpty));
    }

    [Fact]
    public void Requests_beyond_the_limit_are_dropped_and_changes_never()
    {
        var feed = new ReuseFeed();
        ulong[] keys = new ulong[MetaLimits.NotedKeyCountMax];
        feed.Note(NoteKind.Asked, keys);
        feed.Note(NoteKind.Asked, [1]);
        for (ulong i = 0; i < 100_000; i++)
        {
            feed.Note(NoteKind.Placed, i);
        }

        Assert.Equal((1, 100_000), (feed.DroppedCount, feed.ChangeCount));
        ulong[] words = [0];
        Assert.Equal(keys.Length + 1 + 200_000, feed.Take(ref words));

        feed.Note(NoteKind.Asked, [1]);
        Assert.Equal(2, feed.DroppedCount);
        feed.Allow(1);
        feed.Note(NoteKind.Asked, [1]);
        Assert.Equal((2, 2), (feed.DroppedCount, feed.Take(ref words)));
    }
}
