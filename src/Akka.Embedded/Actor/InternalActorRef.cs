using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The base of every reference that the runtime itself hands out.</summary>
internal abstract class InternalActorRef : IActorRef
{
    public abstract ActorPath Path { get; }

    /// <summary>Whether the actor lives in this process.</summary>
    public virtual bool IsLocal => true;

    public abstract LocalActorRefProvider Provider { get; }

    public virtual InternalActorRef Parent => Nobody.Instance;

    /// <summary>Whether null may be told: as an answer it may, as a message to an actor it may not.</summary>
    protected virtual bool TakesNull => false;

    /// <summary>The children at this moment; none where they cannot be seen from here.</summary>
    public virtual IReadOnlyList<InternalActorRef> Children => [];

    /// <summary>The runtime's own reference behind any other.</summary>
    public static InternalActorRef Of(IActorRef actorRef) => actorRef switch
    {
        InternalActorRef internalRef => internalRef,
        IActorRefProxy proxy => proxy.Target,
        _ => throw new ArgumentException($"{actorRef.GetType()} is not a reference of this actor runtime.", nameof(actorRef)),
    };

    public void Tell(object message, IActorRef? sender)
    {
        if (message is null && !TakesNull)
        {
            throw new InvalidMessageException("Message is null");
        }

        TellInternal(message!, sender); // Justification: null goes only to a reference that takes it.
    }

    /// <summary>The descendant with these names, or <see cref="Nobody"/>.</summary>
    public virtual InternalActorRef GetChild(ReadOnlySpan<string> names) => names.IsEmpty ? this : Nobody.Instance;

    /// <summary>Delivered before every ordinary message, also while the actor is suspended. A message may be sent only once.</summary>
    public abstract void SendSystemMessage(SystemMessage message);

    public virtual void Start()
    {
    }

    public void Stop() => SendSystemMessage(new Terminate());

    public void Suspend() => SendSystemMessage(new Suspend());

    public void Resume(Exception? causedByFailure = null) => SendSystemMessage(new Resume(causedByFailure));

    public void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    public int CompareTo(IActorRef? other)
    {
        int order = Path.CompareTo(other?.Path);
        return order != 0 ? order : Path.Uid.CompareTo(other!.Path.Uid);
    }

    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    protected abstract void TellInternal(object message, IActorRef? sender);
}
