namespace RaftActors.Tests.Engine;

/// <summary>Messages to a process while the store is read for some of them. The scenarios of reads show their order.</summary>
public sealed class HeldPagesTests
{
    private static readonly Term Now = new(1);

    private readonly List<Effect.SendEntries> _asked = [];
    private readonly HeldPages _pages = new();

    [Fact]
    public void Four_pages_are_in_memory_at_a_time()
    {
        for (var i = 0; i < 6; i++)
        {
            Add($"raft{2 + (i % 2)}", after: i);
        }

        Assert.Equal(4, _asked.Count);

        _pages.Take(new StoreNews.PageRead(_asked[0], new Effect.Send(_asked[0].Envelope)), Now);
        Ask();
        Assert.Equal(5, _asked.Count);
    }

    [Fact]
    public void Compacted_page_is_left_out_and_holds_up_nothing()
    {
        Add("raft2", after: 0);
        var heartbeat = new Effect.Send(ToSend("raft2", after: 1));
        Assert.True(_pages.TryHold(heartbeat, Now, out _));

        Assert.Equal([heartbeat], _pages.Take(new StoreNews.PageRead(_asked[0], null), Now));
    }

    private static LogPosition At(long index) => new(new LogIndex(index), new Term(1), new Serial(index), 0);

    private static Core.Envelope ToSend(string process, long after) => new(
        Bench.MemberOf("raft1"),
        Bench.MemberOf(process),
        GroupUid.None,
        Now,
        default,
        new Message.AppendEntries(At(after), [], default, default, 0));

    private void Add(string to, long after)
    {
        _pages.Add(new Effect.SendEntries(ToSend(to, after), At(after + 1)), Now);
        Ask();
    }

    private void Ask()
    {
        while (_pages.TryAsk(out var next))
        {
            _asked.Add(next);
        }
    }
}
