namespace RaftActors.Simulator.Exhaustive;

/// <summary>The bounds of one exploration: a founded group of three voters, and the events that may happen to it.</summary>
internal sealed record Scope(string Name, string About)
{
    /// <summary>
    /// The events begin when the first process leads term 2 and all have its first entry. Otherwise no process leads yet.
    /// </summary>
    public bool IsLed { get; init; }

    /// <summary>No process campaigns for a later term.</summary>
    public long MaxTerm { get; init; } = 3;

    /// <summary>The pairs that clients propose, each at any leader.</summary>
    public int Proposals { get; init; }

    /// <summary>Whether a pair may be proposed again, at any leader.</summary>
    public bool Retries { get; init; }

    public int Crashes { get; init; }

    public int Heartbeats { get; init; }

    public int Snapshots { get; init; }

    /// <summary>The reads; at most two.</summary>
    public int Reads { get; init; }

    public int Transfers { get; init; }

    /// <summary>The most entries in one message.</summary>
    public int MessageEntries { get; init; } = 256;

    /// <summary>Whether only the latest request of a client is remembered.</summary>
    public bool ForgetsRequests { get; init; }

    /// <summary>The changes of members: each makes any of the processes voters, and the others learners.</summary>
    public int Changes { get; init; }

    /// <summary>Each write ends by an event of its own, and a crash loses the writes under way. Otherwise a write ends at once.</summary>
    public bool HasSlowDisks { get; init; }

    public bool HasPreVotes { get; init; }

    /// <summary>Whether states that differ by a renaming of processes count once. Only if no rule of Core compares names.</summary>
    public bool IsSymmetric { get; init; } = true;

    /// <summary>All scopes, the smallest first.</summary>
    public static IReadOnlyList<Scope> All { get; } =
    [
        new("votes", "two terms of elections, a crash, slow disks") { Crashes = 1, HasSlowDisks = true },
        new("pre-votes", "two terms of elections with pre-votes") { HasPreVotes = true, IsSymmetric = false },
        new("entries", "two terms of elections, a pair and its retries, a crash") { Proposals = 1, Crashes = 1, Retries = true },
        new("disks", "a leader, two pairs, its successor, a crash, slow disks")
        {
            IsLed = true, Proposals = 2, Crashes = 1, HasSlowDisks = true,
        },
        new("terms", "three terms of elections and their first entries, a crash") { MaxTerm = 4, Crashes = 1, MessageEntries = 1 },
        new("members", "a leader, a change of voters, its successor") { IsLed = true, Changes = 1, Heartbeats = 1 },
        new("snapshots", "a leader, a pair, a snapshot, a crash, its successor")
        {
            IsLed = true, Proposals = 1, Snapshots = 1, Crashes = 1, Heartbeats = 1,
        },
        new("installs", "a leader, a pair, a snapshot that another process installs, a crash")
        {
            IsLed = true, MaxTerm = 2, Proposals = 1, Snapshots = 1, Crashes = 1,
        },
        new("retries", "a leader, two pairs, all but the latest forgotten, its successor")
        {
            IsLed = true, Proposals = 2, Retries = true, ForgetsRequests = true,
        },
        new("transfers", "a leader, a transfer, a pair, its successor") { IsLed = true, Proposals = 1, Transfers = 1, MaxTerm = 4 },
        new("reads", "a leader, a pair, two reads, its successor") { IsLed = true, Proposals = 1, Reads = 2 },
    ];
}
