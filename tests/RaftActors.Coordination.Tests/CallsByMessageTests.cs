using Akka.Actor;
using Akka.TestKit;

namespace RaftActors.Coordination.Tests;

/// <summary>Actors of three real nodes that claim, observe and watch by message.</summary>
public sealed class CallsByMessageTests : Akka.TestKit.Xunit2.TestKit, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The last one does not vote, so its end leaves the quorum.
    private readonly Node[] _nodes = Node.Start(4, "raft-coordination { session-timeout = 2s, renew-interval = 200ms }");

    private IActorRef Calls => _nodes[3].Coordination.Actor;

    public Task InitializeAsync()
    {
        foreach (var node in _nodes)
        {
            _ = node.Coordination;
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        Dispose();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Lock_passes_to_the_next_actor_when_its_holder_stops()
    {
        var (first, second) = (Probe(), Probe());
        Calls.Tell(new CoordinationCommand.Acquire("billing"), first);
        var held = (await ExpectAsync<CoordinationEvent.Acquired>(first)).Lock;
        Assert.True(held.IsHeld);
        Calls.Tell(new CoordinationCommand.Acquire("billing", Waits: false), second);
        Assert.Null((await ExpectAsync<CoordinationEvent.NotAcquired>(second)).Why);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), second);

        _nodes[3].System.Stop(first.Ref);

        var next = (await ExpectAsync<CoordinationEvent.Acquired>(second)).Lock;
        Assert.True(next.Token > held.Token, $"{next.Token} follows {held.Token}");
        Assert.False(held.IsHeld);
    }

    [Fact]
    public async Task Released_lock_is_free_when_the_answer_comes()
    {
        var (first, second) = (Probe(), Probe());
        Calls.Tell(new CoordinationCommand.Acquire("billing"), first);
        await ExpectAsync<CoordinationEvent.Acquired>(first);

        Calls.Tell(new CoordinationCommand.Release("billing"), first);
        Assert.Equal("billing", (await ExpectAsync<CoordinationEvent.Released>(first)).Name);

        Calls.Tell(new CoordinationCommand.Acquire("billing", Waits: false), second);
        await ExpectAsync<CoordinationEvent.Acquired>(second);
    }

    [Fact]
    public async Task Claim_that_is_withdrawn_or_whose_actor_stops_holds_nothing_later()
    {
        var (first, second, third, last) = (Probe(), Probe(), Probe(), Probe());
        Calls.Tell(new CoordinationCommand.Acquire("billing"), first);
        await ExpectAsync<CoordinationEvent.Acquired>(first);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), second);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), third);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), last);

        Calls.Tell(new CoordinationCommand.Release("billing"), second);
        await ExpectAsync<CoordinationEvent.Released>(second);
        _nodes[3].System.Stop(third.Ref);
        _nodes[3].System.Stop(first.Ref);

        await ExpectAsync<CoordinationEvent.Acquired>(last);
        Assert.False(second.HasMessages);
    }

    [Fact]
    public async Task Second_claim_of_an_actor_and_a_wrong_one_are_refused()
    {
        var actor = Probe();
        Calls.Tell(new CoordinationCommand.Acquire("billing"), actor);
        await ExpectAsync<CoordinationEvent.Acquired>(actor);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), actor);
        Assert.Contains("Release it first", (await ExpectAsync<CoordinationEvent.NotAcquired>(actor)).Why);

        Calls.Tell(new CoordinationCommand.Acquire("mail", Permits: 0), actor);
        Assert.Contains("permits", (await ExpectAsync<CoordinationEvent.NotAcquired>(actor)).Why);

        // A claim that was refused is no claim.
        Calls.Tell(new CoordinationCommand.Acquire("mail"), actor);
        Assert.Equal("mail", (await ExpectAsync<CoordinationEvent.Acquired>(actor)).Lock.Name);
    }

    [Fact]
    public async Task Actor_is_told_of_a_lost_lock_and_may_claim_it_again()
    {
        var actor = Probe();
        Calls.Tell(new CoordinationCommand.Acquire("billing"), actor);
        await ExpectAsync<CoordinationEvent.Acquired>(actor);

        await Task.WhenAll(_nodes.Take(3).Select(node => node.CrashAsync()));

        Assert.Equal("billing", (await ExpectAsync<CoordinationEvent.Lost>(actor)).Name);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), actor);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), actor);
        Assert.Contains("already", (await ExpectAsync<CoordinationEvent.NotAcquired>(actor)).Why);
    }

    [Fact]
    public async Task Observer_and_watcher_are_told_each_change_until_they_end_it()
    {
        var (holder, observer) = (Probe(), Probe());
        Calls.Tell(new CoordinationCommand.Observe("billing"), observer);
        Assert.Empty((await ExpectAsync<CoordinationEvent.Holders>(observer)).All);
        Calls.Tell(new CoordinationCommand.Acquire("billing", Text: "here"), holder);
        var held = (await ExpectAsync<CoordinationEvent.Acquired>(holder)).Lock;
        var told = Assert.Single((await ExpectAsync<CoordinationEvent.Holders>(observer)).All);
        Assert.Equal(("here", held.Token), (told.Text, told.Token));

        Calls.Tell(new CoordinationCommand.Unobserve("billing"), observer);
        Calls.Tell(new CoordinationCommand.Watch("price/"), observer);
        Assert.IsType<RaftItemChange.All>((await ExpectAsync<CoordinationEvent.Changed>(observer)).Change);
        await held.DisposeAsync();
        await _nodes[0].Coordination.Items.PutAsync("price/tea", "3").WaitAsync(Patience);

        // The end of the lock is not told, since it is the observed one no longer.
        var change = await ExpectAsync<CoordinationEvent.Changed>(observer);
        Assert.Equal("price/tea", Assert.IsType<RaftItemChange.Written>(change.Change).Item.Name);

        // A second watch replaces the first one: each change is told once.
        Calls.Tell(new CoordinationCommand.Watch("price/"), observer);
        Assert.IsType<RaftItemChange.All>((await ExpectAsync<CoordinationEvent.Changed>(observer)).Change);
        await _nodes[0].Coordination.Items.PutAsync("price/tea", "4").WaitAsync(Patience);
        await _nodes[0].Coordination.Items.PutAsync("price/milk", "1").WaitAsync(Patience);
        foreach (var expected in new[] { "price/tea", "price/milk" })
        {
            change = await ExpectAsync<CoordinationEvent.Changed>(observer);
            Assert.Equal(expected, Assert.IsType<RaftItemChange.Written>(change.Change).Item.Name);
        }
    }

    [Fact]
    public async Task Command_without_a_sender_on_this_node_acquires_nothing()
    {
        var actor = Probe();
        Calls.Tell(new CoordinationCommand.Acquire("billing"), ActorRefs.NoSender);
        Calls.Tell(new CoordinationCommand.Acquire("billing"), actor);

        await ExpectAsync<CoordinationEvent.Acquired>(actor);
    }

    private static async Task<T> ExpectAsync<T>(TestProbe probe) => await probe.ExpectMsgAsync<T>(Patience);

    // A probe of the node whose actors call: only its own actors may.
    private TestProbe Probe() => new Akka.TestKit.Xunit2.TestKit(_nodes[3].System).CreateTestProbe(_nodes[3].System);
}
