namespace Akka.Actor;

/// <summary>An actor with a stash, which is set after its constructor. A restart returns stashed messages to the mailbox.</summary>
public interface IActorStash
{
    IStash Stash { get; set; }
}

public interface IWithUnrestrictedStash : IActorStash
{
}

/// <inheritdoc cref="IActorStash"/>
public interface IWithStash : IWithUnrestrictedStash
{
}

/// <inheritdoc cref="IActorStash"/>
public interface IWithUnboundedStash : IWithUnrestrictedStash
{
}
