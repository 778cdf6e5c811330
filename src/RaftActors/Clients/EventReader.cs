using System.Threading.Channels;

using Akka.Actor;

namespace RaftActors.Clients;

/// <summary>
/// The subscriber of one enumeration of <see cref="Raft.EventsAsync"/>. The thread that publishes an event writes it here at once, since an
/// actor's mailbox has no bound.
/// </summary>
internal sealed class EventReader(ExtendedActorSystem system) : MinimalActorRef
{
    private readonly Channel<RaftEvent> _events = Channel.CreateBounded<RaftEvent>(
        new BoundedChannelOptions(Raft.EventsMax) { FullMode = BoundedChannelFullMode.DropOldest });

    public override ActorPath Path { get; } = system.Provider.TempPath();

    public override IActorRefProvider Provider => system.Provider;

    public IAsyncEnumerable<RaftEvent> ReadAllAsync(CancellationToken cancellation) => _events.Reader.ReadAllAsync(cancellation);

    public void End() => _events.Writer.TryComplete();

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is RaftEvent told)
        {
            _events.Writer.TryWrite(told);
        }
    }
}
