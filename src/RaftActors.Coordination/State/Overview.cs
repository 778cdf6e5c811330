using System.Collections.Immutable;

namespace RaftActors.Coordination.State;

/// <summary>Sessions and locks as one process has applied them, for people. Bounded, however many there are.</summary>
/// <param name="Process">The process that answers.</param>
/// <param name="Sessions">Those whose renewal is late come first, then by owner.</param>
/// <param name="SessionCount">Of all sessions.</param>
/// <param name="Locks">Those with the most waiting claims come first, then by name.</param>
/// <param name="LockCount">Of all locks that a claim holds or waits for.</param>
/// <param name="WaitingCount">Of the waiting claims of all locks.</param>
internal sealed record Overview(
    string Process,
    ImmutableArray<SessionOverview> Sessions,
    int SessionCount,
    ImmutableArray<LockOverview> Locks,
    int LockCount,
    int WaitingCount)
{
    /// <summary>The most sessions, and the most locks.</summary>
    public const int RowsMax = 100;

    /// <summary>The most holders of a lock in the list, and the most waiting claims.</summary>
    public const int ClaimsMax = 3;

    /// <summary>The most holders of the only lock of an answer, and the most waiting claims.</summary>
    public const int LockClaimsMax = 100;

    // A longer owner or text is cut, so that an answer with hostile ones stays below 2 MB.
    private const int TextMax = 200;

    /// <summary>A text that is cut where it is too long.</summary>
    public static string Short(string text) =>
        text.Length <= TextMax ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[TextMax - 1]) ? TextMax - 1 : TextMax)}…";
}

/// <summary>A session.</summary>
/// <param name="Id">The serial of the pair that opened it.</param>
/// <param name="Claims">The number of its claims, holding or waiting.</param>
/// <param name="Left">
/// The time until it expires without a renewal, by the clock of the process that answers. At zero or below a follower waits for the pair of
/// the leader that ends it.
/// </param>
internal sealed record SessionOverview(long Id, string Owner, TimeSpan Timeout, int Claims, TimeSpan Left)
{
    /// <summary>It has missed several renewals.</summary>
    public bool IsLate => Left < Timeout / 2;
}

/// <summary>A lock.</summary>
/// <param name="Permits">The number of claims that may hold it at the same time.</param>
/// <param name="Holders">The first of its holders.</param>
/// <param name="HolderCount">Of all its holders.</param>
/// <param name="Waiting">The first of its waiting claims.</param>
/// <param name="WaitingCount">Of all its waiting claims.</param>
internal sealed record LockOverview(
    string Name,
    int Permits,
    ImmutableArray<LockHolder> Holders,
    int HolderCount,
    ImmutableArray<LockHolder> Waiting,
    int WaitingCount);
