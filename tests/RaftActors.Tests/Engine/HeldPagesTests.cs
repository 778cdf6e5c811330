using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The order of messages to a process while the store is read for some of them.</summary>
public sealed class HeldPagesTests
{
    private readonly List<Effect.SendEntries> _asked = [];
    private readonly List<string> _sent = [];
    private readonly List<string> _heartbeats = [];
    private readonly HeldPages _pages = new();
    private Term _term = new(1);

    [Fact]
    public void Later_entries_wait_for_the_pages_before_them()
    {
        SendPage("raft2", 0);
        Send("raft2", 1, entries: 1);
        SendPage("raft2", 2);
        Send("raft2", 3, entries: 1);
        Assert.Empty(_sent);

        Answer(0);
        Assert.Equal(["raft2 after 0: 1", "raft2 after 1: 1"], _sent);

        Answer(1);
        Assert.Equal(["raft2 after 2: 1", "raft2 after 3: 1"], _sent[2..]);

        Send("raft2", 4, entries: 1);
        Assert.Equal("raft2 after 4: 1", _sent[^1]);
    }

    [Fact]
    public void Other_processes_and_other_messages_do_not_wait()
    {
        SendPage("raft2", 0);

        Send("raft3", 1, entries: 1);
        Send(new Effect.Send(To("raft2", Message.TimeoutNow.Instance)));

        Assert.Equal(["raft3 after 1: 1", "raft2 TimeoutNow"], _sent);
    }

    [Fact]
    public void Of_the_heartbeats_that_wait_only_the_last_one_is_sent()
    {
        SendPage("raft2", 0);
        Send("raft2", 1, entries: 0);
        Send("raft2", 1, entries: 1);
        Send("raft2", 2, entries: 0);
        Send("raft2", 3, entries: 0);

        Answer(0);

        Assert.Equal(["raft2 after 0: 1", "raft2 after 1: 0", "raft2 after 1: 1", "raft2 after 3: 0"], _sent);
    }

    [Fact]
    public void Process_whose_page_hangs_gets_heartbeats_for_the_place_before_it()
    {
        SendPage("raft2", 4);
        Send("raft2", 5, entries: 1);
        Send("raft2", 6, entries: 0);
        Send("raft2", 6, entries: 0);

        Assert.Empty(_sent);
        Assert.Equal(["raft2 after 4: 0", "raft2 after 4: 0"], _heartbeats);

        Answer(0);
        Assert.Equal(["raft2 after 4: 1", "raft2 after 5: 1", "raft2 after 6: 0"], _sent);
    }

    [Fact]
    public void Four_pages_are_in_memory_at_a_time()
    {
        for (var i = 0; i < 6; i++)
        {
            SendPage($"raft{2 + (i % 2)}", i);
        }

        Assert.Equal(4, _asked.Count);

        Answer(0);
        Assert.Equal(5, _asked.Count);
        Answer(1);
        Assert.Equal(6, _asked.Count);
    }

    [Fact]
    public void Messages_of_an_earlier_term_are_dropped()
    {
        for (var i = 0; i < 5; i++)
        {
            SendPage("raft2", i);
        }

        _term = _term.Next;
        SendPage("raft2", 7);
        Send("raft2", 8, entries: 1);
        for (var i = 0; i < 4; i++)
        {
            Answer(i);
        }

        Assert.Empty(_sent);

        Answer(4);

        Assert.Equal(["raft2 after 7: 1", "raft2 after 8: 1"], _sent);
    }

    [Fact]
    public void Page_that_was_read_for_an_earlier_term_is_dropped()
    {
        SendPage("raft2", 0);
        _term = _term.Next;

        Answer(0);

        Assert.Empty(_sent);
    }

    [Fact]
    public void Compacted_page_is_left_out_and_holds_up_nothing()
    {
        SendPage("raft2", 0);
        Send("raft2", 1, entries: 0);

        Take(new StoreNews.PageRead(_asked[0], null));

        Assert.Equal(["raft2 after 1: 0"], _sent);
    }

    private static string Describe(Effect.Send sent) => $"{sent.Envelope.To.Name.Process} {Describe(sent.Envelope.Body)}";

    private static string Describe(Message body) => body is Message.AppendEntries request
        ? $"after {request.Previous.Index}: {request.Entries.Length}"
        : body.GetType().Name;

    private static LogPosition At(long index) => new(new LogIndex(index), new Term(1), new Serial(index), 0);

    private static LogSlice Entries(long after, int count) =>
        [.. Enumerable.Range(1, count).Select(i => Bench.Entry(after + i, 1, null))];

    private void Answer(int place)
    {
        var asked = _asked[place];
        var body = (Message.AppendEntries)asked.Envelope.Body;
        var filled = asked.Envelope with { Body = body with { Entries = Entries(body.Previous.Index.Value, 1) } };
        Take(new StoreNews.PageRead(asked, new Effect.Send(filled)));
    }

    private void Take(StoreNews.PageRead page)
    {
        _sent.AddRange(_pages.Take(page, _term).Select(Describe));
        Ask();
    }

    private void SendPage(string to, long after)
    {
        _pages.Add(new Effect.SendEntries(To(to, new Message.AppendEntries(At(after), [], default, default, 0)), At(after + 1)), _term);
        Ask();
    }

    private void Send(string to, long after, int entries) =>
        Send(new Effect.Send(To(to, new Message.AppendEntries(At(after), Entries(after, entries), default, default, 0))));

    private void Send(Effect.Send send)
    {
        if (!_pages.TryHold(send, _term, out var instead))
        {
            _sent.Add(Describe(send));
        }
        else if (instead is not null)
        {
            _heartbeats.Add(Describe(instead));
        }
    }

    private void Ask()
    {
        while (_pages.TryAsk(out var next))
        {
            _asked.Add(next);
        }
    }

    private Core.Envelope To(string process, Message body) =>
        new(Bench.MemberOf("raft1"), Bench.MemberOf(process), GroupUid.None, _term, default, body);
}
