namespace RaftActors.Storage.Tools;

/// <summary>One thing that stands in a log, or beside it.</summary>
/// <param name="File">Relative to the directory.</param>
/// <param name="Offset">In bytes from the file's beginning.</param>
/// <param name="Kind">What it is, a word: <c>segment</c>, <c>batch</c>, <c>seal</c>, <c>owner</c>, <c>hard-state</c>, <c>pair</c>,
/// <c>no-op</c>, <c>configuration</c>, and so on.</param>
public sealed record LogItem(string File, long Offset, string Kind)
{
    /// <summary>Whose; null for what belongs to the log as a whole, or where that cannot be told.</summary>
    public StoreOwner? Owner { get; init; }

    /// <summary>Of an entry, or of the place that it speaks of.</summary>
    public long? Index { get; init; }

    /// <summary>Of an entry, or of the place that it speaks of.</summary>
    public long? Term { get; init; }

    /// <summary>Of an entry, or of the place that it speaks of.</summary>
    public long? Serial { get; init; }

    /// <summary>Of a pair.</summary>
    public string? Key { get; init; }

    /// <summary>In bytes: a pair's value, a snapshot's state.</summary>
    public long? Size { get; init; }

    /// <summary>The beginning of a pair's value, as text where it is text.</summary>
    public string? Preview { get; init; }

    /// <summary>Anything else, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>Its checksums.</summary>
    public LogItemState State { get; init; }
}

/// <summary>Whether something is what was written there.</summary>
public enum LogItemState
{
    /// <summary>It is.</summary>
    Whole,

    /// <summary>It is not, and nobody was told that it was written: the torn end of the last write.</summary>
    Torn,

    /// <summary>It is not, although it was synced.</summary>
    Damaged,
}
