using Akka.TestKit;

namespace RaftActors.Coordination.Tests;

/// <summary>An actor that claims a lock as README.md shows it.</summary>
[Collection(SharedNodes.Name)]
public sealed class LockOfActorTests(SharedNodes shared) : Akka.TestKit.Xunit2.TestKit, IAsyncLifetime
{
    private readonly string _lock = $"billing of {Guid.NewGuid()}";
    private readonly List<Node> _own = [];

    // Of the actors. It does not vote, so its end leaves the quorum.
    private readonly Lazy<Node> _node = new(shared.StartFurther);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Dispose();
        return Task.WhenAll((_node.IsValueCreated ? _own.Append(_node.Value) : _own).Select(node => node.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Lock_passes_to_the_next_actor_when_its_holder_stops_and_not_to_one_that_stopped_while_it_waited()
    {
        var (first, firstTold) = Start();
        var held = await ExpectLockAsync(firstTold);
        var (waiting, waitingTold) = Start();
        await waitingTold.ExpectMsgAsync<string>(Guard);
        _node.Value.System.Stop(waiting);
        var (_, lastTold) = Start();

        _node.Value.System.Stop(first);

        var next = await ExpectLockAsync(lastTold);
        Assert.True(next.Token > held.Token, $"{next.Token} follows {held.Token}");
        Assert.False(held.IsHeld);
    }

    [Fact]
    public async Task Restarted_actor_gets_its_lock_again()
    {
        var (actor, told) = Start();
        var held = await ExpectLockAsync(told);

        // A lock that the group granted to the former instance while it stopped is held until that instance has released it.
        await using var former = await _node.Value.Coordination.LockAsync("former");
        actor.Tell(new Restart());
        actor.Tell(former);

        var next = await ExpectLockAsync(told);
        Assert.Equal(_lock, next.Name);
        Assert.True(next.Token > held.Token, $"{next.Token} follows {held.Token}");
        Assert.True(next.IsHeld);
    }

    // The claim of the former instance ends with a failure, and Akka delivers it to the next instance.
    [Fact]
    public async Task Actor_that_restarts_while_it_waits_restarts_once_and_gets_its_lock_once()
    {
        var (first, firstTold) = Start();
        var held = await ExpectLockAsync(firstTold);
        var (waiting, waitingTold) = Start();
        await waitingTold.ExpectMsgAsync<string>(Guard);

        waiting.Tell(new Restart());

        Assert.Equal("claimed", await waitingTold.ExpectMsgAsync<string>(Guard));
        await waitingTold.ExpectNoMsgAsync(TimeSpan.FromSeconds(1));
        _node.Value.System.Stop(first);
        var next = await waitingTold.ExpectMsgAsync<RaftLock>(Guard);
        Assert.True(next.Token > held.Token, $"{next.Token} follows {held.Token}");
        await waitingTold.ExpectNoMsgAsync(TimeSpan.FromSeconds(1));
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task Actor_is_told_of_a_lost_lock()
    {
        _own.AddRange(Node.StartUnclustered(
            FreePorts.Take(4), "raft-coordination { session-timeout = 2s, renew-interval = 200ms }"));
        _own.ForEach(node => _ = node.Coordination);
        var (_, told) = Start(_own[3]);
        var held = await ExpectLockAsync(told);

        await Task.WhenAll(_own.Take(3).Select(node => node.CrashAsync()));

        Assert.Equal("lost", await told.ExpectMsgAsync<string>(Guard));
        Assert.False(held.IsHeld);
    }

    private static async Task<RaftLock> ExpectLockAsync(TestProbe probe)
    {
        Assert.Equal("claimed", await probe.ExpectMsgAsync<string>(Guard));
        return await probe.ExpectMsgAsync<RaftLock>(Guard);
    }

    private (IActorRef Actor, TestProbe Told) Start(Node? node = null)
    {
        var told = CreateTestProbe();
        return ((node ?? _node.Value).System.ActorOf(Props.Create(() => new Holder(told.Ref, _lock))), told);
    }

    private sealed record Restart;

    private sealed class Holder : ReceiveActor
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly Task<RaftLock> _claim;

        public Holder(IActorRef told, string name)
        {
            _claim = RaftCoordination.Get(Context.System).LockAsync(name, cancellationToken: _stopping.Token);
            _claim.PipeTo(Self);
            told.Tell("claimed");
            Receive<RaftLock>(
                held => Become(() => Holding(held, told)), held => _claim.IsCompletedSuccessfully && _claim.Result == held);
            Receive<Status.Failure>(failure => throw failure.Cause, _ => _claim.IsFaulted);
            Receive<Restart>(_ => throw new InvalidOperationException("restart"));
        }

        protected override void PostStop()
        {
            _stopping.Cancel();
            _ = ReleaseAsync();
        }

        private void Holding(RaftLock held, IActorRef told)
        {
            var self = Self;
            held.Lost.Register(() => self.Tell(new Lost()));
            told.Tell(held);
            Receive<Lost>(_ => told.Tell("lost"), _ => !held.IsHeld);
            Receive<Restart>(_ => throw new InvalidOperationException("restart"));
        }

        private async Task ReleaseAsync()
        {
            await using var held = await _claim;
        }

        private sealed record Lost;
    }
}
