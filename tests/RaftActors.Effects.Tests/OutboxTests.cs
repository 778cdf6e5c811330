using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Effects.Tests;

/// <summary>One shop in a scripted group. Its handlers end when the test says so.</summary>
public sealed class OutboxTests : TestKit
{
    private readonly TestProbe _asked;
    private readonly TestProbe _world;
    private readonly ScriptedGroup<ShopValue> _group;

    public OutboxTests()
        : base("akka.loglevel = DEBUG")
    {
        Raft.Get(Sys).UseJson(ShopJson.Default);
        _asked = CreateTestProbe();
        _world = CreateTestProbe();
        _group = new ScriptedGroup<ShopValue>(Sys, _asked);
    }

    [Fact]
    public void Effect_of_a_pair_runs_once_on_the_leader_and_ends_by_a_pair()
    {
        var shop = StartShop();
        _group.BuildQuorum();
        _group.ElectActor();
        _group.Commit("a", new Order("hello"));

        Begin();
        var attempt = NextAttempt();
        Assert.Equal(("a", "hello", 1L << 16, 1, 2L), (attempt.Effect.Name, attempt.Effect.Value, attempt.Effect.Number, attempt.Effect.Attempt, attempt.Effect.Token));
        attempt.End.SetResult();
        End();

        Assert.Equal(["a/hello: done"], StateOf(shop).Ended);
        Assert.Empty(StateOf(shop).Outbox.Effects);
        _world.ExpectNoMsg(TimeSpan.Zero);
    }

    private sealed record Attempt(RaftEffect<string> Effect, CancellationToken Cancelled, TaskCompletionSource End);

    private IActorRef StartShop(RaftOutboxOptions<string>? options = null)
    {
        var world = _world.Ref;
        return Sys.ActorOf(Props.Create(() => new Shop((effect, cancelled) => SendAsync(world, effect, cancelled), options)), "shop");
    }

    private static Task SendAsync(IActorRef world, RaftEffect<string> effect, CancellationToken cancelled)
    {
        TaskCompletionSource end = new();
        world.Tell(new Attempt(effect, cancelled, end));
        return end.Task;
    }

    private Attempt NextAttempt() => _world.ExpectMsg<Attempt>();

    private void Begin() => Assert.Equal(0, CommitEnd().Number);

    private void End() => Assert.NotEqual(0, CommitEnd().Number);

    private EffectEnd CommitEnd()
    {
        var append = _asked.ExpectMsg<FromActor<ShopValue>.Append>();
        _group.Commit(append);
        return Assert.IsType<MailEnded>(append.Value).End;
    }

    private ShopState StateOf(IActorRef shop)
    {
        // Behind the pairs that the group has committed.
        _group.TakeSnapshot();
        _asked.FishForMessage(message => message is FromActor<ShopValue>.Snapshot);
        shop.Tell("", TestActor);
        return ExpectMsg<ShopState>();
    }
}
