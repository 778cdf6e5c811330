using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Client;
using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Client;

/// <summary>The client with an engine that the test plays. Its timer never fires.</summary>
public sealed class LiveClientTests : TestKit
{
    // Longer than any step takes on a working machine.
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TestProbe _engine;
    private readonly LiveClient<int, int> _client;

    public LiveClientTests()
        : base("""
            akka.loglevel = OFF
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            """)
    {
        Raft.Get(Sys);
        _engine = CreateTestProbe();
        var settings = ClientSettings.Read(
            Sys.Settings.Config, new Address("akka", Sys.Name), "orders", new RaftClientOptions());
        var calls = new ClientCalls(settings.PendingMax);
        var actor = Sys.ActorOf(Props.Create(() => new ClientActor(settings, calls)));
        _client = new LiveClient<int, int>(settings, new(Sys, codecPlace: null), new(Sys, codecPlace: null), Guard, calls, actor);
        var leader = new ProcessName("orders@node");
        var found = new LocalProcess("orders", leader, _engine.Ref.Path.ToSerializationFormat());
        actor.Tell(new ClientReply.Located("orders", leader, new Term(1), [found]), _engine.Ref);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Append_with_an_extreme_timeout_is_sent_and_ends(long ticks)
    {
        var append = _client.AppendAsync("clicks", 1, new TimeSpan(ticks));

        var call = Expect<ClientCall.Append>();
        Assert.InRange(call.Timeout, TimeSpan.Zero, TimeSpan.FromMilliseconds(int.MaxValue));
        Complete(call, _engine.LastSender);

        Assert.Equal(new Serial(1), (await append.WaitAsync(Guard)).OrThrow().Serial);
    }

    [Fact]
    public async Task Query_with_an_endless_timeout_is_sent()
    {
        var query = _client.QueryAsync<int>("total", TimeSpan.MaxValue);

        var call = Expect<ClientCall.Query>();
        Assert.Equal(TimeSpan.FromMilliseconds(int.MaxValue), call.Timeout);
        _engine.Reply(new QueryOutcome.Done(default, 7, default));

        Assert.Equal(7, await query.WaitAsync(Guard));
    }

    [Fact]
    public async Task Subscription_ends_at_once_when_the_client_is_disposed_and_does_not_wait_for_its_appends()
    {
        var append = _client.AppendAsync("clicks", 1);
        var (call, sender) = (Expect<ClientCall.Append>(), _engine.LastSender);
        var next = _client.SubscribeAsync(default).GetAsyncEnumerator().MoveNextAsync().AsTask();
        Expect<ClientCall.Read>();

        var disposal = _client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.WaitAsync(Guard));
        Complete(call, sender);
        Assert.Equal(new Serial(1), (await append.WaitAsync(Guard)).OrThrow().Serial);
        await disposal;
    }

    private TCall Expect<TCall>()
        where TCall : ClientCall => _engine.FishForMessage<TCall>(_ => true, Guard);

    private static void Complete(ClientCall.Append call, IActorRef sender)
    {
        var (origin, number) = call.Request;
        sender.Tell(new Outcome<int>.Done(new Serial(1), 1, new RequestRef(origin.Name, origin.Incarnation, number)));
    }
}
