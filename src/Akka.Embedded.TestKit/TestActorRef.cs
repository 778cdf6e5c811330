using Akka.Actor;
using Akka.Dispatch;

namespace Akka.TestKit;

/// <summary>
/// The reference of an actor that runs on the sender's thread, before the send returns, unless its props name a dispatcher. The test
/// can access the instance. No other thread may use the actor meanwhile.
/// </summary>
public abstract class TestActorRefBase<TActor> : IActorRef, IActorRefProxy
    where TActor : ActorBase
{
    private readonly LocalActorRef _ref;

    protected TestActorRefBase(ActorSystem system, Props actorProps, IActorRef? supervisor = null, string? name = null)
    {
        var props = actorProps.Dispatcher == Dispatchers.DefaultDispatcherId
            ? actorProps.WithDispatcher(CallingThreadDispatcher.CallingThreadDispatcherId)
            : actorProps;
        _ref = (LocalActorRef)(supervisor is null ? system.ActorOf(props, name) : Parent(supervisor).ActorOf(props, name));
    }

    public ActorPath Path => _ref.Path;

    public IActorRef Ref => _ref;

    /// <summary>The current instance. A restart replaces it.</summary>
    /// <exception cref="IllegalActorStateException">The actor has ended, or its constructor threw.</exception>
    public TActor UnderlyingActor => (TActor?)_ref.Cell.Actor ?? throw new IllegalActorStateException(
        $"{_ref} has no instance of {typeof(TActor)}: it has ended, or its constructor threw.");

    InternalActorRef IActorRefProxy.Target => _ref;

    public static bool operator ==(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) => Equals(testActorRef, actorRef);

    public static bool operator !=(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) => !Equals(testActorRef, actorRef);

    public static bool operator ==(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) => Equals(testActorRef, actorRef);

    public static bool operator !=(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) => !Equals(testActorRef, actorRef);

    public void Tell(object message, IActorRef? sender) => _ref.Tell(message, sender);

    public void Tell(object message) => _ref.Tell(message);

    public bool Equals(IActorRef? other) => _ref.Equals(other);

    public override bool Equals(object? obj) => obj is IActorRef other && _ref.Equals(other);

    public override int GetHashCode() => _ref.GetHashCode();

    public override string ToString() => _ref.ToString()!;

    int IComparable<IActorRef>.CompareTo(IActorRef? other) => _ref.CompareTo(other);

    private static ActorCell Parent(IActorRef supervisor) =>
        InternalActorRef.Of(supervisor) is LocalActorRef local ? local.Cell : throw new ArgumentException(
            $"{supervisor} is not an actor of this process, so it cannot supervise one.", nameof(supervisor));
}

/// <inheritdoc/>
public class TestActorRef<TActor> : TestActorRefBase<TActor>
    where TActor : ActorBase
{
    public TestActorRef(ActorSystem system, Props actorProps, IActorRef? supervisor = null, string? name = null)
        : base(system, actorProps, supervisor, name)
    {
    }
}
