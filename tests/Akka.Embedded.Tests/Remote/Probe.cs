using System.Threading.Channels;
using Akka.Actor;

namespace Akka.Embedded.Tests.Remote;

/// <summary>An actor that passes its messages to the test, which awaits them.</summary>
internal sealed class Probe
{
    /// <summary>Ends a failing test. No result depends on its length.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<(object Message, IActorRef Sender)> _received = Channel.CreateUnbounded<(object, IActorRef)>();

    public Probe(ActorSystem system, string? name = null)
    {
        Ref = system.ActorOf(Props.Create(() => new Receiver(_received.Writer)), name);
    }

    public IActorRef Ref { get; }

    /// <summary>Creates a probe that receives these events from the event stream.</summary>
    public static Probe Of<TEvent>(ActorSystem system)
    {
        var probe = new Probe(system);
        system.EventStream.Subscribe(probe.Ref, typeof(TEvent));
        return probe;
    }

    /// <summary>Returns the next message of this type. Discards others before it.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? wanted = null) => (await NextWithSenderAsync(wanted)).Message;

    public async Task<(T Message, IActorRef Sender)> NextWithSenderAsync<T>(Func<T, bool>? wanted = null)
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var (message, sender) = await _received.Reader.ReadAsync(timeout.Token);
                if (message is T match && (wanted is null || wanted(match)))
                {
                    return (match, sender);
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Ref} received no {typeof(T).Name} as wanted within {Patience.TotalSeconds} s.");
        }
    }

    /// <summary>Returns the next message, which must be of this type.</summary>
    public async Task<T> ExpectAsync<T>() => Assert.IsType<T>(await NextAsync<object>(), exactMatch: false);

    public void Watch(IActorRef subject) => Ref.Tell(new WatchThis(subject));

    public sealed record WatchThis(IActorRef Subject);

    private sealed class Receiver(ChannelWriter<(object, IActorRef)> received) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is WatchThis watch)
            {
                Context.Watch(watch.Subject);
            }
            received.TryWrite((message, Sender));
        }
    }
}

/// <summary>Returns each message to its sender, and its own reference on request.</summary>
internal sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message is "who" ? Self : message);
}
