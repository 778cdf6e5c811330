using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Base class of the runtime's references.</summary>
internal abstract class InternalActorRef : ActorRefBase
{
    /// <summary>Whether the actor runs in this process.</summary>
    public virtual bool IsLocal => true;

    public abstract LocalActorRefProvider Provider { get; }

    public virtual InternalActorRef Parent => Nobody.Instance;

    /// <summary>The current children. Empty if this process does not hold them.</summary>
    public virtual IReadOnlyList<InternalActorRef> Children => [];

    /// <summary>Returns the runtime's own reference behind a proxy.</summary>
    public static InternalActorRef Of(IActorRef actorRef) => actorRef switch
    {
        InternalActorRef internalRef => internalRef,
        IActorRefProxy proxy => proxy.Target,
        _ => throw new ArgumentException($"{actorRef.GetType()} is not a reference of this actor runtime.", nameof(actorRef)),
    };

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
}

/// <summary>A reference that wraps another one, as the probes of the TestKit do.</summary>
internal interface IActorRefProxy
{
    InternalActorRef Target { get; }
}
