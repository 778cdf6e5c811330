namespace RaftActors.Tests.Clients;

/// <summary>The events of a node as a stream.</summary>
public sealed class EventReaderTests : TestKit
{
    [Fact]
    public async Task Reader_gets_the_events_from_its_first_question_on_in_order()
    {
        await using var events = Raft.Get(Sys).EventsAsync().GetAsyncEnumerator();
        Publish(1);
        var first = events.MoveNextAsync();
        Publish(2);
        Publish(3);

        Assert.True(await first);
        Assert.Equal(2, NumberOf(events.Current));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(3, NumberOf(events.Current));
    }

    [Fact]
    public async Task Slow_reader_loses_the_oldest_events()
    {
        await using var events = Raft.Get(Sys).EventsAsync().GetAsyncEnumerator();
        var first = events.MoveNextAsync();
        Publish(0);
        Assert.True(await first);

        for (var number = 1; number <= Raft.EventsMax + 7; number++)
        {
            Publish(number);
        }

        for (var number = 8; number <= Raft.EventsMax + 7; number++)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(number, NumberOf(events.Current));
        }
    }

    [Fact]
    public async Task Stream_ends_with_its_token_and_with_the_actor_system()
    {
        using var limit = new CancellationTokenSource();
        await using var cancelled = Raft.Get(Sys).EventsAsync(limit.Token).GetAsyncEnumerator();
        await using var last = Raft.Get(Sys).EventsAsync().GetAsyncEnumerator();
        var (first, second) = (cancelled.MoveNextAsync(), last.MoveNextAsync());

        await limit.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await first);
        await Sys.Terminate();

        Assert.False(await second);
    }

    [Fact]
    public async Task Stream_of_a_terminated_system_has_no_event()
    {
        var raft = Raft.Get(Sys);
        await Sys.Terminate();
        await using var events = raft.EventsAsync().GetAsyncEnumerator();

        Assert.False(await events.MoveNextAsync());
    }

    private void Publish(int number) =>
        Sys.EventStream.Publish(new RaftEvent.Stopped("orders", new ProcessName("raft1@node1"), $"{number}"));

    private static int NumberOf(RaftEvent told) => int.Parse(Assert.IsType<RaftEvent.Stopped>(told).Why);
}
