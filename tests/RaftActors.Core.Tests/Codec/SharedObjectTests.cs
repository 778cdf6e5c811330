namespace RaftActors.Core.Tests.Codec;

/// <summary>Entries that stay in memory share their members and keys.</summary>
public sealed class SharedObjectTests
{
    private static readonly Member Origin = new(new ProcessName("raft1@node1"), new Incarnation(new Guid(1, 0, 0, new byte[8])));

    [Theory]
    [InlineData("key")]
    [InlineData("")]
    [InlineData("user:0000000000000017")]
    public void Equal_keys_are_one_string(string key)
    {
        var (one, other) = (Read(key), Read(key));

        Assert.Equal(key, one);
        Assert.Same(one, other);
    }

    [Theory]
    [InlineData("Größe 漢字 😀")]
    [InlineData("k\0")]
    [InlineData("k")]
    public void Key_is_decoded_as_it_was_written(string key)
    {
        Read("k\0\0");

        Assert.Equal(key, Read(key));
        Assert.Equal(key, Read(key));
    }

    [Fact]
    public void Keys_that_share_a_place_of_the_cache_are_told_apart()
    {
        var keys = Enumerable.Range(0, 5000).Select(i => $"key{i}").ToArray();

        Assert.Equal(keys, keys.Select(Read));
        Assert.Equal(keys, keys.Select(Read));
    }

    [Fact]
    public void Long_key_is_not_kept()
    {
        var key = new string('k', 65);

        Assert.Equal(key, Read(key));
        Assert.NotSame(Read(key), Read(key));
    }

    [Fact]
    public void Member_with_a_long_name_is_not_kept()
    {
        var writer = new ByteWriter();
        writer.Member(Origin with { Name = new ProcessName(new string('r', 256) + "@node1") });
        var bytes = writer.ToArray();

        Assert.Equal(ReadMember(bytes), ReadMember(bytes));
        Assert.NotSame(ReadMember(bytes).Name.Value, ReadMember(bytes).Name.Value);
    }

    [Fact]
    public void Member_is_decoded_without_garbage_when_it_is_known()
    {
        var writer = new ByteWriter();
        writer.Member(Origin);
        var bytes = writer.ToArray();
        Assert.Equal(Origin, ReadMember(bytes));

        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadMember(bytes);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Members_with_the_same_incarnation_are_told_apart()
    {
        var (one, other) = (new ProcessName("raft1@node1"), new ProcessName("raft2@node2"));

        Assert.Equal(new Member(one, Incarnation.None), MemberCache.OfThread.Of(one, Incarnation.None));
        Assert.Equal(new Member(other, Incarnation.None), MemberCache.OfThread.Of(other, Incarnation.None));
        Assert.Equal(
            new Member(one, Incarnation.None),
            MemberCache.OfThread.Decode(Encoding.UTF8.GetBytes(one.Value), Incarnation.None));
    }

    [Fact]
    public void A_member_without_a_name_is_refused() =>
        Assert.Throws<InvalidDataException>(() => new ByteReader(new byte[17]).Member());

    private static string Read(string key)
    {
        var writer = new ByteWriter();
        writer.Text(key);
        return new ByteReader(writer.Written).Key();
    }

    private static Member ReadMember(byte[] bytes) => new ByteReader(bytes).Member();
}
