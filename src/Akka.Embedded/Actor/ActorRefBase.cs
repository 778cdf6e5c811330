namespace Akka.Actor;

/// <summary>Base class of references. A reference with the same path and uid is equal to it.</summary>
public abstract class ActorRefBase : IActorRef
{
    public abstract ActorPath Path { get; }

    /// <summary>Whether null may be sent. It may be a reply, but not a message to an actor.</summary>
    private protected virtual bool AllowsNull => false;

    public void Tell(object message, IActorRef? sender)
    {
        if (message is null && !AllowsNull)
        {
            throw new InvalidMessageException("Message is null");
        }

        TellInternal(message!, sender); // Justification: null goes only to a reference that takes it.
    }

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    public int CompareTo(IActorRef? other)
    {
        var order = Path.CompareTo(other?.Path);
        return order != 0 ? order : Path.Uid.CompareTo(other!.Path.Uid);
    }

    /// <exception cref="ArgumentException">The object is no reference.</exception>
    public int CompareTo(object? obj) => obj is null or IActorRef
        ? CompareTo((IActorRef?)obj)
        : throw new ArgumentException("Object must be of type IActorRef.", nameof(obj));

    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    /// <summary>Sends the message. It is not null.</summary>
    protected abstract void TellInternal(object message, IActorRef? sender);
}
