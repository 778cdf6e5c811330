using Akka.Actor;

namespace RaftActors.Delivery;

/// <summary>
/// Divides the deliveries of an actor into turns of bounded length, so that it handles other messages in between. Engine messages that
/// arrive meanwhile wait here in order, and each is taken after all deliveries that were due before it. Not thread-safe: the actor's own.
/// </summary>
internal sealed class DeliveryTurns(IActorRef actor, long life)
{
    /// <summary>The most engine messages and callbacks of one turn.</summary>
    public const int LengthMax = 64;

    private readonly Queue<ToActor> _waiting = [];

    public IActorRef Actor => actor;

    public long Life => life;

    /// <summary>A turn is on its way through the actor's mailbox.</summary>
    public bool IsComing { get; private set; }

    public IEnumerable<ToActor> Waiting => _waiting;

    /// <summary>Sends the actor a message to go on, unless one is in its mailbox.</summary>
    public void Ask()
    {
        if (!IsComing)
        {
            IsComing = true;
            actor.Tell(new ToActor.Continue(life), actor);
        }
    }

    public void OnContinue() => IsComing = false;

    public void Add(ToActor message) => _waiting.Enqueue(message);

    public ToActor? TryTake() => _waiting.TryDequeue(out var message) ? message : null;
}
