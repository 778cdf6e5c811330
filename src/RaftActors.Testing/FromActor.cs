using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Testing;

/// <summary>
/// A request of the raft actor under test, or a snapshot that it took. A <see cref="ScriptedGroup{TValue}"/> sends it to the test's probe.
/// A closed set of types.
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

        /// <summary>The last serial that the group must have, or null for any.</summary>
        public Serial? IfSerial { get; internal init; }

        internal RequestKeyHash? RequestKey { get; init; }

        /// <summary>The pair of a reminder as it was encoded, or null for other pairs.</summary>
        internal ReadOnlyMemory<byte>? Reminder { get; init; }
    }

    /// <summary>The actor called AppendMany with 2 pairs or more. End it with Commit or Cancel of the scripted group.</summary>
    public sealed record AppendMany : Call
    {
        internal AppendMany(RequestRef request, ImmutableArray<(string Key, TValue Value)> pairs)
            : base(request) => Pairs = pairs;

        /// <summary>The pairs, in their order.</summary>
        public ImmutableArray<(string Key, TValue Value)> Pairs { get; }

        /// <summary>As of <see cref="Append"/>: the serial before the first pair.</summary>
        public Serial? IfSerial { get; internal init; }

        internal RequestKeyHash? RequestKey { get; init; }
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
}
