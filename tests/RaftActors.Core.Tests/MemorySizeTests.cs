namespace RaftActors.Core.Tests;

/// <summary>A log keeps each pair in memory, so each byte of it counts.</summary>
public sealed class MemorySizeTests
{
    private static readonly ProcessName Name = new("raft1@node1");
    private static readonly Member Origin = new(Name, new Incarnation(new Guid(1, 0, 0, new byte[8])));

    [Fact]
    public void A_pair_takes_56_bytes_beside_its_key_and_value()
    {
        var pairs = new Payload.Pair[100];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new Payload.Pair(new RequestId(Origin, i), "key", default);
        }

        Assert.Equal(56 * pairs.Length, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_pair_tells_whether_it_has_a_request()
    {
        var request = new RequestId(Origin, 7);
        var (with, without) = (new Payload.Pair(request, "key", default), new Payload.Pair(null, "key", default));

        Assert.Equal(request, with.Request);
        Assert.Null(without.Request);
        Assert.Equal(with, without with { Request = request });
        Assert.Equal(without, with with { Request = null });
    }

    [Fact]
    public void Members_are_equal_whatever_object_they_share()
    {
        var other = new Member(new ProcessName("raft1@node1"), Origin.Incarnation);

        Assert.Equal(Origin, other);
        Assert.Equal(Origin.GetHashCode(), other.GetHashCode());
        Assert.Equal(new Member(default, default), default);
        Assert.Equal(default(Member).GetHashCode(), new Member(default, default).GetHashCode());
        Assert.NotEqual(Origin, Origin with { Incarnation = Incarnation.None });
        Assert.NotEqual(Origin, Origin with { Name = new ProcessName("raft2@node1") });
        Assert.NotEqual(Origin, default);
        Assert.Equal(0, Origin.CompareTo(other));
        Assert.True(new Member(Name, Incarnation.None).CompareTo(Origin) < 0);
    }
}
