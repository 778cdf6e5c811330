namespace Akka.Actor;

/// <summary>An actor with a stash, which it is given after its constructor. A restart gives what is in it back to the mailbox.</summary>
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
