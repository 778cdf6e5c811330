using System.Runtime.CompilerServices;

namespace RaftActors.Core.Tests;

/// <summary>A log keeps each pair in memory, so each byte of it counts.</summary>
public sealed class MemorySizeTests
{
    private static readonly ProcessName Name = new("raft1@node1");
    private static readonly Member Origin = new(Name, new Incarnation(new Guid(1, 0, 0, new byte[8])));

    [Fact]
    public void An_entry_takes_72_bytes_and_no_object_beside_its_key_and_value()
    {
        var entries = new LogEntry[100];
        byte[] value = [1];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new LogEntry(new LogIndex(i + 1), new Term(1), new Serial(i + 1), new RequestId(Origin, i), "key", value);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(72, Unsafe.SizeOf<LogEntry>());
    }

    [Fact]
    public void An_entry_has_the_parts_of_its_payload()
    {
        var request = new RequestId(Origin, 7);
        byte[] value = [1];
        var pair = Of(new Payload.Pair(request, "key", value));
        var keyed = Of(new Payload.KeyedPair(new RequestKeyHash(new Guid(1, 0, 0, new byte[8])), request, "key", value));
        var bare = Of(new Payload.Pair(null, "", default));

        Assert.Equal((request, "key", 1, null), (pair.Request, pair.Key, pair.Value.Length, pair.RequestKey));
        Assert.Equal((request, "key", 1), (keyed.Request, keyed.Key, keyed.Value.Length));
        Assert.NotNull(keyed.RequestKey);
        Assert.Equal((null, "", 0), (bare.Request, bare.Key, bare.Value.Length));
        Assert.All([pair, keyed, bare], entry => Assert.True(entry is { IsPair: true, Configuration: null }));
        Assert.Equal(new Payload.Pair(request, "key", value), pair.Payload);
        Assert.Equal(pair, Of(pair.Payload));
        Assert.NotEqual(pair, keyed);

        var founding = Of(new Payload.Reconfigure(new Configuration(default, 1, [Origin], [], [], [])));
        Assert.Equal((false, null, null), (founding.IsPair, founding.Key, founding.Request));
        Assert.NotNull(founding.Configuration);
        Assert.Equal((false, null, null), (Of(Payload.NoOp.Instance).IsPair, Of(Payload.NoOp.Instance).Key, founding.RequestKey));
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

    private static LogEntry Of(Payload payload) => new(new LogIndex(1), new Term(1), new Serial(1), payload);
}
