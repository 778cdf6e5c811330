namespace RaftActors;

/// <summary>The kind of a call that a raft actor makes to its group.</summary>
public enum CallKind
{
    /// <summary>Appends a pair, or several pairs at once.</summary>
    Append,

    /// <summary>Fetches a committed pair.</summary>
    Get,

    /// <summary>Asks HandleQuery of the same actor.</summary>
    Query,
}
