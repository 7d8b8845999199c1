using MemCache.Core;
using MemCache.Fabric;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>Pin and end of life in a slot.</summary>
public sealed class SlotTermsTests
{
    private static readonly StoredTerms Terms = StoredTerms.Of(ObjectPin.Hard, 90_000, TimeProvider.System);

    [Theory]
    [InlineData(1)]
    [InlineData(252)]
    public void A_slot_keeps_them_behind_its_key(int keyBytes)
    {
        DirectorySlot slot = new() { KeyLength = (ushort)keyBytes, Flags = DirectorySlot.FlagChecksum };
        slot.SetTerms(Terms);
        Assert.Equal(Terms, slot.Terms);
        Assert.Equal(DirectorySlot.FlagChecksum | DirectorySlot.FlagTerms, slot.Flags);
    }

    [Fact]
    public void Beside_the_longest_keys_there_is_no_room_and_what_has_an_end_is_not_kept()
    {
        DirectorySlot slot = new() { KeyLength = 253 };
        slot.SetTerms(Terms);
        Assert.Equal(DirectorySlot.FlagUnkept, slot.Flags);
        Assert.Equal(default, slot.Terms);
        slot.Flags = 0;
        slot.SetTerms(StoredTerms.Of(ObjectPin.Hard, 0, TimeProvider.System));
        Assert.Equal(0, slot.Flags);
    }

    [Fact]
    public void What_is_left_is_never_more_than_was_asked_for()
    {
        Assert.Equal(ObjectPin.Hard, Terms.Pin);
        Assert.InRange(Terms.TtlMs(TimeProvider.System), 1, 90_000);
        Assert.Equal(-1, StoredTerms.Of(ObjectPin.None, 1, TimeProvider.System).TtlMs(TimeProvider.System));
        Assert.Equal(0, StoredTerms.Of(ObjectPin.Soft, 0, TimeProvider.System).TtlMs(TimeProvider.System));
        Assert.True(StoredTerms.Of(ObjectPin.Hard, long.MaxValue / 2, TimeProvider.System).Value <= StoredTerms.ValueMax);
    }
}
