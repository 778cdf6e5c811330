using RaftActors.Core;

namespace RaftActors.Testing;

/// <summary>
/// What a raft actor under test said to its group; a <see cref="ScriptedGroup{TValue}"/> tells it to the test's probe. Closed.
/// </summary>
public abstract record FromActor<TValue>
{
    private FromActor()
    {
    }

    /// <summary>It wants this pair appended. End it with Commit or Cancel.</summary>
    public sealed record Append(RequestRef Request, string Key, TValue Value) : FromActor<TValue>;

    /// <summary>It wants this pair. End it with Answer or Cancel.</summary>
    public sealed record Get(RequestRef Request, Serial Serial) : FromActor<TValue>;

    /// <summary>It was asked a question, and may answer it when the group says so. End it with Confirm or Cancel.</summary>
    public sealed record Query(RequestRef Request) : FromActor<TValue>;

    /// <summary>It wants that process to lead; null: any other one. End it with End.</summary>
    public sealed record TransferLeadership(RequestRef Request, ProcessName? To) : FromActor<TValue>;

    /// <summary>It wants that process to be taken in. End it with End.</summary>
    public sealed record Join(RequestRef Request, ProcessName Name) : FromActor<TValue>;

    /// <summary>It wants that process to leave. End it with End.</summary>
    public sealed record Leave(RequestRef Request, ProcessName Name) : FromActor<TValue>;

    /// <summary>It was asked to explain itself. Who waits is told at once that the group is a scripted one.</summary>
    public sealed record Explain(RequestRef Request) : FromActor<TValue>;

    /// <summary>
    /// What its TakeSnapshot gave, after its way through the serializer; the bytes of its StateCodec if it has one. A later life is given
    /// it by RestoreSnapshot.
    /// </summary>
    public sealed record Snapshot(Serial Serial, object? State) : FromActor<TValue>;

    /// <summary>What its HandleProposal decided.</summary>
    public sealed record Judged(string Key, Verdict Verdict) : FromActor<TValue>;

    /// <summary>What its HandleGet gave; null: it does not have the pair.</summary>
    public sealed record Served(Serial Serial, Entry<TValue>? Entry) : FromActor<TValue>;
}
