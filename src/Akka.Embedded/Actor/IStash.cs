namespace Akka.Actor;

/// <summary>Messages that the actor has deferred, in order. Unstashed messages precede all others in the mailbox.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>The maximum number of stashed messages. -1: no limit.</summary>
    int Capacity { get; }

    /// <summary>Stashes the current message.</summary>
    /// <exception cref="IllegalActorStateException">The current message is stashed already.</exception>
    void Stash();

    /// <summary>Returns the oldest stashed message to the mailbox.</summary>
    void Unstash();

    void UnstashAll();

    /// <summary>Returns the messages that match to the mailbox, and drops the others.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Empties the stash and returns its messages.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Inserts messages before those in the stash.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}

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
