namespace Akka.Actor;

/// <summary>Messages that the actor put aside for later, in order. Back in the mailbox they come before all others.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>How many messages it takes; -1 for no limit.</summary>
    int Capacity { get; }

    /// <summary>Puts the message at work aside.</summary>
    /// <exception cref="IllegalActorStateException">It was put aside already.</exception>
    void Stash();

    /// <summary>Gives the oldest message back to the mailbox.</summary>
    void Unstash();

    void UnstashAll();

    /// <summary>Gives the messages back for which the predicate holds, and drops the others.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Takes everything out and hands it over.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those in the stash.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}
