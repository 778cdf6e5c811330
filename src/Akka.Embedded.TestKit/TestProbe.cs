using Akka.Actor;

namespace Akka.TestKit;

/// <summary>
/// A test actor of its own that stands in for one of the actors around the one under test. It can be used wherever a ref is expected.
/// </summary>
public class TestProbe : TestKitBase, IActorRef, IActorRefProxy, INoImplicitSender
{
    public TestProbe(ActorSystem system, ITestKitAssertions assertions, string? testProbeName = null)
        : base(assertions, system, testProbeName)
    {
    }

    public IActorRef Ref => TestActor;

    /// <summary>The sender of the message taken last.</summary>
    public IActorRef Sender => LastSender;

    ActorPath IActorRef.Path => TestActor.Path;

    InternalActorRef IActorRefProxy.Target => InternalActorRef.Of(TestActor);

    /// <summary>Sends a message with this probe as sender.</summary>
    public void Send(IActorRef actor, object message) => actor.Tell(message, TestActor);

    /// <summary>Sends the message taken last on, with its original sender.</summary>
    public void Forward(IActorRef actor) => Forward(actor, LastMessage!);

    public void Forward(IActorRef actor, object message) => actor.Tell(message, LastSender);

    /// <summary>Answers the sender of the message taken last.</summary>
    public void Reply(object message) => LastSender.Tell(message, TestActor);

    public override bool Equals(object? obj) => obj is IActorRef other && TestActor.Equals(other);

    public override int GetHashCode() => TestActor.GetHashCode();

    public override string ToString() => TestActor.ToString()!;

    void ICanTell.Tell(object message, IActorRef? sender) => TestActor.Tell(message, sender);

    bool IEquatable<IActorRef>.Equals(IActorRef? other) => TestActor.Equals(other);

    int IComparable<IActorRef>.CompareTo(IActorRef? other) => TestActor.CompareTo(other);
}
