using Akka.Actor;

namespace RaftActors.Delivery;

/// <summary>
/// Divides the deliveries of one life into turns of bounded length, so that the actor handles other messages in between. Engine messages
/// that arrive meanwhile wait here in order. Each is taken after all deliveries that were due before it. Not thread-safe: the actor's own.
/// </summary>
internal sealed class DeliveryTurns(IActorRef actor, long life)
{
    /// <summary>How many engine messages and callbacks one turn takes.</summary>
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

    /// <summary>The message to go on has arrived.</summary>
    public void OnContinue() => IsComing = false;

    public void Add(ToActor message) => _waiting.Enqueue(message);

    public ToActor? TryTake() => _waiting.TryDequeue(out var message) ? message : null;
}
