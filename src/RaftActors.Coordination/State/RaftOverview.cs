using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination;

/// <summary>Sessions and locks as one process has applied them, for people. Bounded, however many there are.</summary>
/// <param name="Process">The process that answers.</param>
/// <param name="Sessions">The sessions, those with late renewals first, then by owner.</param>
/// <param name="SessionCount">The number of all sessions.</param>
/// <param name="Locks">The locks, those with the most waiting claims first, then by name.</param>
/// <param name="LockCount">The number of all locks that a claim holds or waits for.</param>
public sealed record RaftOverview(
    string Process,
    ImmutableArray<RaftSessionOverview> Sessions,
    int SessionCount,
    ImmutableArray<RaftLockOverview> Locks,
    int LockCount)
{
    /// <summary>The last serial that the process has applied.</summary>
    [JsonIgnore]
    public Serial Serial { get; init; }

    /// <summary>The most sessions, and the most locks, of one answer.</summary>
    public const int RowsMax = 100;

    /// <summary>The most holders of a lock in the list, and the most waiting claims.</summary>
    internal const int ClaimsMax = 3;

    /// <summary>The most holders of the only lock of an answer, and the most waiting claims.</summary>
    internal const int LockClaimsMax = 100;

    // A longer owner or text is cut, so that an answer with hostile ones stays below 2 MB.
    private const int TextMax = 200;

    internal static string Short(string text) =>
        text.Length <= TextMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax)}…";
}

/// <summary>The session of a program.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Owner">
/// The name of the coordination process of its node, such as <c>coordination@10.0.0.1:2551</c>, or the one that
/// <see cref="RaftCoordination.Connect"/> has for the program.
/// </param>
/// <param name="Timeout">The time without a renewal after which it ends.</param>
/// <param name="Claims">The number of its claims, holding or waiting.</param>
/// <param name="Left">
/// The time until it expires without a renewal, by the clock of the process that answers. If it is not positive, a follower waits for the
/// leader's pair that ends the session.
/// </param>
public sealed record RaftSessionOverview(long Id, string Owner, TimeSpan Timeout, int Claims, TimeSpan Left)
{
    /// <summary>It has missed several renewals.</summary>
    [JsonIgnore]
    public bool IsLate => Left < Timeout / 2;
}

/// <summary>A lock or a semaphore.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Permits">The number of claims that may hold it at the same time.</param>
/// <param name="Holders">The first of its holders.</param>
/// <param name="HolderCount">The number of all its holders.</param>
/// <param name="Waiting">The first of its waiting claims.</param>
/// <param name="WaitingCount">The number of all its waiting claims.</param>
public sealed record RaftLockOverview(
    string Name,
    int Permits,
    ImmutableArray<RaftClaim> Holders,
    int HolderCount,
    ImmutableArray<RaftClaim> Waiting,
    int WaitingCount);

/// <summary>A claim for a lock.</summary>
public sealed record RaftClaim
{
    [JsonConstructor]
    internal RaftClaim(string owner, long session, long claim, long token, string? text) =>
        (Owner, Session, Claim, Token, Text) = (owner, session, claim, token, text);

    /// <summary>The owner of its session.</summary>
    public string Owner { get; internal init; }

    /// <summary>The number of its session.</summary>
    public long Session { get; }

    /// <summary>Its number in the session.</summary>
    [JsonInclude]
    internal long Claim { get; }

    /// <summary>The fencing token of a holder, or 0 while it waits.</summary>
    public long Token { get; internal init; }

    /// <summary>What it says about itself, or null.</summary>
    public string? Text { get; internal init; }
}
