using RaftActors.Core;

namespace RaftActors.Storage.Tools;

/// <summary>One item of a log: a segment, a batch, a record, the end; or a snapshot beside it.</summary>
/// <param name="File">Relative to the directory.</param>
/// <param name="Offset">In bytes from the beginning of the file.</param>
/// <param name="Kind">One word: <c>segment</c>, <c>batch</c>, <c>seal</c>, <c>owner</c>, <c>hard-state</c>, <c>base</c>, <c>pair</c>,
/// <c>no-op</c>, <c>configuration</c>, and so on.</param>
internal sealed record LogItem(string File, long Offset, string Kind)
{
    /// <summary>The process to which the item belongs, or null if it is unknown or the whole log.</summary>
    public StoreOwner? Owner { get; init; }

    /// <summary>Index of an entry, or of the position in a base or snapshot.</summary>
    public long? Index { get; init; }

    /// <summary>Term of an entry, of a hard state, or of the position in a base or snapshot.</summary>
    public long? Term { get; init; }

    /// <summary>Serial of an entry, or of the position in a base or snapshot.</summary>
    public long? Serial { get; init; }

    /// <summary>Time of an entry, or of the position in a base or snapshot.</summary>
    public LogTime? Time { get; init; }

    public string? Key { get; init; }

    /// <summary>In bytes: the value of a pair, the state of a snapshot, or a bad place.</summary>
    public long? Size { get; init; }

    /// <summary>The first bytes of a pair's value, as text if they are text, otherwise in hexadecimal digits.</summary>
    public string? Preview { get; init; }

    /// <summary>More about the item, for the operator.</summary>
    public string? Detail { get; init; }

    public LogItemState State { get; init; }
}

internal enum LogItemState
{
    /// <summary>The item is as it was written.</summary>
    Whole,

    /// <summary>The item belongs to the torn tail: the end of an unfinished, never acknowledged write.</summary>
    Torn,

    /// <summary>The item was synced, and its bytes have changed since, or no program of this version has written them.</summary>
    Damaged,
}
