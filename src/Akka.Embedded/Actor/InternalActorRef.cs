using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Base class of the runtime's references.</summary>
internal abstract class InternalActorRef : IActorRef
{
    public abstract ActorPath Path { get; }

    /// <summary>Whether the actor runs in this process.</summary>
    public virtual bool IsLocal => true;

    public abstract LocalActorRefProvider Provider { get; }

    public virtual InternalActorRef Parent => Nobody.Instance;

    /// <summary>Whether null may be sent. It may be a reply, but not a message to an actor.</summary>
    protected virtual bool AllowsNull => false;

    /// <summary>The current children. Empty if this process does not hold them.</summary>
    public virtual IReadOnlyList<InternalActorRef> Children => [];

    /// <summary>Returns the runtime's own reference behind a proxy.</summary>
    public static InternalActorRef Of(IActorRef actorRef) => actorRef switch
    {
        InternalActorRef internalRef => internalRef,
        IActorRefProxy proxy => proxy.Target,
        _ => throw new ArgumentException($"{actorRef.GetType()} is not a reference of this actor runtime.", nameof(actorRef)),
    };

    public void Tell(object message, IActorRef? sender)
    {
        if (message is null && !AllowsNull)
        {
            throw new InvalidMessageException("Message is null");
        }

        TellInternal(message!, sender); // Justification: null goes only to a reference that takes it.
    }

    /// <summary>Returns the descendant with these names, or <see cref="Nobody"/>.</summary>
    public virtual InternalActorRef GetChild(ReadOnlySpan<string> names) => names.IsEmpty ? this : Nobody.Instance;

    /// <summary>Delivers a system message before all ordinary ones, even to a suspended actor. An instance may be sent only once.</summary>
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
        var order = Path.CompareTo(other?.Path);
        return order != 0 ? order : Path.Uid.CompareTo(other!.Path.Uid);
    }

    public override string ToString() => Path.Uid == 0 ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    protected abstract void TellInternal(object message, IActorRef? sender);
}

/// <summary>A reference that wraps another one, as the probes of the TestKit do.</summary>
internal interface IActorRefProxy
{
    InternalActorRef Target { get; }
}
