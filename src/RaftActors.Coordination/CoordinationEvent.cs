using Akka.Actor;

namespace RaftActors.Coordination;

/// <summary>An answer to a <see cref="CoordinationCommand"/>.</summary>
public abstract record CoordinationEvent : INoSerializationVerificationNeeded
{
    private CoordinationEvent()
    {
    }

    /// <summary>The actor holds the lock.</summary>
    public sealed record Acquired : CoordinationEvent
    {
        internal Acquired(RaftLock held) => Lock = held;

        /// <summary>
        /// The lock with its token. <see cref="RaftLock.IsHeld"/> asks the clock, so it is false in time, also if the message
        /// <see cref="Lost"/> is still in the mailbox.
        /// </summary>
        public RaftLock Lock { get; }
    }

    /// <summary>The lock is not acquired, and the claim has ended.</summary>
    public sealed record NotAcquired : CoordinationEvent
    {
        internal NotAcquired(string name, string? why) => (Name, Why) = (name, why);

        /// <summary>The name of the lock.</summary>
        public string Name { get; }

        /// <summary>Why the claim was refused; null: another program holds the lock, and the claim does not wait.</summary>
        public string? Why { get; }
    }

    /// <summary>The lock is lost, because the session was not renewed in time.</summary>
    public sealed record Lost : CoordinationEvent
    {
        internal Lost(string name) => Name = name;

        /// <summary>The name of the lock.</summary>
        public string Name { get; }
    }

    /// <summary>The group has released the lock, or the claim is withdrawn.</summary>
    public sealed record Released : CoordinationEvent
    {
        internal Released(string name) => Name = name;

        /// <summary>The name of the lock.</summary>
        public string Name { get; }
    }

    /// <summary>The holders of a lock.</summary>
    public sealed record Holders : CoordinationEvent
    {
        internal Holders(string name, IReadOnlyList<RaftHolder> all) => (Name, All) = (name, all);

        /// <summary>The name of the lock.</summary>
        public string Name { get; }

        /// <summary>In the order in which they were granted: none or one of a lock, and more of a semaphore.</summary>
        public IReadOnlyList<RaftHolder> All { get; }
    }

    /// <summary>Items have changed.</summary>
    public sealed record Changed : CoordinationEvent
    {
        internal Changed(string prefix, RaftItemChange change) => (Prefix, Change) = (prefix, change);

        /// <summary>The prefix that is watched.</summary>
        public string Prefix { get; }

        /// <summary>The first one is <see cref="RaftItemChange.All"/>.</summary>
        public RaftItemChange Change { get; }
    }
}
