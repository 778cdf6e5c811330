using RaftActors.Core;

namespace RaftActors.Testing;

/// <summary>
/// A request or an answer of the raft actor under test. A <see cref="ScriptedGroup{TValue}"/> sends it to the test's probe. A closed
/// set of types.
/// </summary>
public abstract record FromActor<TValue>
{
    private FromActor()
    {
    }

    /// <summary>The actor called a method of its context.</summary>
    public abstract record Call : FromActor<TValue>
    {
        private protected Call(RequestRef request) => Request = request;

        /// <summary>The ref of the call.</summary>
        public RequestRef Request { get; }
    }

    /// <summary>The actor called Append. End it with Commit or Cancel of the scripted group.</summary>
    public sealed record Append : Call
    {
        internal Append(RequestRef request, string key, TValue value)
            : base(request) => (Key, Value) = (key, value);

        /// <summary>The key of the pair.</summary>
        public string Key { get; }

        /// <summary>The value of the pair.</summary>
        public TValue Value { get; }

        internal RequestKeyHash? RequestKey { get; init; }

        /// <summary>The pair of a reminder as it was encoded; null: it is of no reminder.</summary>
        internal ReadOnlyMemory<byte>? Reminder { get; init; }
    }

    /// <summary>The actor called Get. End it with Answer or Cancel of the scripted group.</summary>
    public sealed record Get : Call
    {
        internal Get(RequestRef request, Serial serial)
            : base(request) => Serial = serial;

        /// <summary>The serial of the pair.</summary>
        public Serial Serial { get; }
    }

    /// <summary>The actor called Query. End it with Confirm or Cancel of the scripted group.</summary>
    public sealed record Query : Call
    {
        internal Query(RequestRef request, ReadConsistency consistency)
            : base(request) => Consistency = consistency;

        /// <summary>What the actor asked for.</summary>
        public ReadConsistency Consistency { get; }
    }

    /// <summary>The actor called TransferLeadership. End it with End of the scripted group.</summary>
    public sealed record TransferLeadership : Call
    {
        internal TransferLeadership(RequestRef request, ProcessName? to)
            : base(request) => To = to;

        /// <summary>The new leader. Null: any other process.</summary>
        public ProcessName? To { get; }
    }

    /// <summary>The actor called Join. End it with End of the scripted group.</summary>
    public sealed record Join : Call
    {
        internal Join(RequestRef request, ProcessName name, LogIndex? basedOn)
            : base(request) => (Name, BasedOn) = (name, basedOn);

        /// <summary>The process that joins.</summary>
        public ProcessName Name { get; }

        /// <summary>The members that the call was based on. Null: any.</summary>
        public LogIndex? BasedOn { get; }
    }

    /// <summary>The actor called Leave. End it with End of the scripted group.</summary>
    public sealed record Leave : Call
    {
        internal Leave(RequestRef request, ProcessName name, LogIndex? basedOn, Incarnation? incarnation)
            : base(request) => (Name, BasedOn, Incarnation) = (name, basedOn, incarnation);

        /// <summary>The process that leaves.</summary>
        public ProcessName Name { get; }

        /// <summary>The members that the call was based on. Null: any.</summary>
        public LogIndex? BasedOn { get; }

        /// <summary>The incarnation that leaves. Null: any.</summary>
        public Incarnation? Incarnation { get; }
    }

    /// <summary>The actor called SetMaxQuorum. End it with End of the scripted group.</summary>
    public sealed record SetMaxQuorum : Call
    {
        internal SetMaxQuorum(RequestRef request, int max, LogIndex? basedOn)
            : base(request) => (Max, BasedOn) = (max, basedOn);

        /// <summary>The largest number of voters.</summary>
        public int Max { get; }

        /// <summary>The members that the call was based on. Null: any.</summary>
        public LogIndex? BasedOn { get; }
    }

    /// <summary>
    /// The actor returned this state from TakeSnapshot. The state was converted to bytes and back; with a StateCodec it is the codec's
    /// bytes. The state of an IRaftStreamSnapshot is a byte[]. A later life receives it in RestoreSnapshot.
    /// </summary>
    public sealed record Snapshot : FromActor<TValue>
    {
        internal Snapshot(Serial serial, object? state) => (Serial, State) = (serial, state);

        /// <summary>The serial of the last pair in the state.</summary>
        public Serial Serial { get; }

        /// <summary>The state.</summary>
        public object? State { get; }
    }

    // A test compares the next two as a whole: ExpectMsg(new FromActor<int>.Validated("alice", null)). So it can make them.

    /// <summary>HandleProposal returned. Null: the actor accepts the pair. Otherwise the fault for which it discards the pair.</summary>
    public sealed record Validated(string Key, string? Fault) : FromActor<TValue>;

    /// <summary>The actor returned this pair from HandleGet. Null: it does not have the pair.</summary>
    public sealed record Served(Serial Serial, Entry<TValue>? Entry) : FromActor<TValue>;
}
