using System.Threading.Channels;
using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

/// <summary>An actor that stores its messages in order for the test.</summary>
internal sealed class Collector
{
    private readonly Channel<(object Message, IActorRef Sender)> _received = Channel.CreateUnbounded<(object, IActorRef)>();

    public Collector(ActorSystem system)
    {
        var writer = _received.Writer;
        Ref = system.ActorOf(Props.Create(() => new CollectingActor(writer)));
    }

    public IActorRef Ref { get; }

    public IActorRef LastSender { get; private set; } = null!;

    public async Task<T> Next<T>()
    {
        (var message, LastSender) = await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        return Assert.IsAssignableFrom<T>(message);
    }

    public async Task Expects(params object[] messages)
    {
        foreach (var message in messages)
        {
            Assert.Equal(message, await Next<object>());
        }
    }

    /// <summary>Asserts that no message arrived before this call.</summary>
    public async Task ExpectsNothingElse()
    {
        object mark = new();
        Ref.Tell(mark, ActorRefs.NoSender);
        Assert.Same(mark, await Next<object>());
    }

    private sealed class CollectingActor(ChannelWriter<(object, IActorRef)> received) : UntypedActor
    {
        protected override void OnReceive(object message) =>
            received.TryWrite((message is Watched watched ? Watch(watched) : message, Sender));

        private static object Watch(Watched watched)
        {
            Context.Watch(watched.Actor);
            return watched;
        }
    }
}

/// <summary>Makes a <see cref="Collector"/> watch an actor. It stores this message as a confirmation.</summary>
internal sealed record Watched(IActorRef Actor);
