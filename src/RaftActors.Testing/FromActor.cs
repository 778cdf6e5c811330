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

    /// <summary>What its HandleProposal decided.</summary>
    public sealed record Judged(string Key, Verdict Verdict) : FromActor<TValue>;

    /// <summary>What its HandleGet gave; null: it does not have the pair.</summary>
    public sealed record Served(Serial Serial, Entry<TValue>? Entry) : FromActor<TValue>;
}
