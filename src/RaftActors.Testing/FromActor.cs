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

    /// <summary>The actor called Append. End it with Commit or Cancel of the scripted group.</summary>
    public sealed record Append(RequestRef Request, string Key, TValue Value) : FromActor<TValue>
    {
        internal RequestKeyHash? RequestKey { get; init; }
    }

    /// <summary>The actor called Get. End it with Answer or Cancel of the scripted group.</summary>
    public sealed record Get(RequestRef Request, Serial Serial) : FromActor<TValue>;

    /// <summary>The actor called Query. End it with Confirm or Cancel of the scripted group.</summary>
    public sealed record Query(RequestRef Request, ReadConsistency Consistency = default) : FromActor<TValue>;

    /// <summary>The actor called TransferLeadership. End it with End of the scripted group.</summary>
    /// <param name="Request">The ref of the call.</param>
    /// <param name="To">The new leader. Null: any other process.</param>
    public sealed record TransferLeadership(RequestRef Request, ProcessName? To) : FromActor<TValue>;

    /// <summary>The actor called Join. End it with End of the scripted group.</summary>
    public sealed record Join(RequestRef Request, ProcessName Name, LogIndex? BasedOn) : FromActor<TValue>;

    /// <summary>The actor called Leave. End it with End of the scripted group.</summary>
    public sealed record Leave(RequestRef Request, ProcessName Name, LogIndex? BasedOn, Incarnation? Incarnation) : FromActor<TValue>;

    /// <summary>The actor called SetMaxQuorum. End it with End of the scripted group.</summary>
    public sealed record SetMaxQuorum(RequestRef Request, int Max, LogIndex? BasedOn) : FromActor<TValue>;

    /// <summary>The actor called Explain. The <c>replyTo</c> has its answer already: the group is a scripted one.</summary>
    public sealed record Explain(RequestRef Request) : FromActor<TValue>;

    /// <summary>
    /// The actor returned this state from TakeSnapshot. The state was converted to bytes and back; with a StateCodec it is the codec's
    /// bytes. The state of an IRaftStreamSnapshot is a byte[]. A later life receives it in RestoreSnapshot.
    /// </summary>
    public sealed record Snapshot(Serial Serial, object? State) : FromActor<TValue>;

    /// <summary>HandleProposal returned. Null: the actor accepts the pair. Otherwise the fault for which it discards the pair.</summary>
    public sealed record Judged(string Key, string? Fault) : FromActor<TValue>;

    /// <summary>The actor returned this pair from HandleGet. Null: it does not have the pair.</summary>
    public sealed record Served(Serial Serial, Entry<TValue>? Entry) : FromActor<TValue>;
}
