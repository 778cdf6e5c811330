namespace RaftActors.Storage;

/// <summary>
/// A part of a directory of stores: a segment, a record, a snapshot, a damaged place, or the store of one process. A property is null if
/// it does not apply, or if it is unknown. Immutable.
/// </summary>
public sealed record StoreItem
{
    internal StoreItem(string? file, long offset, string kind) => (File, Offset, Kind) = (file, offset, kind);

    /// <summary>
    /// One word. <see cref="StoreTools.Dump"/> gives <c>segment</c>, <c>batch</c>, <c>seal</c>, <c>owner</c>, <c>hard-state</c>,
    /// <c>base</c>, <c>pair</c>, <c>no-op</c>, <c>configuration</c>, <c>end</c>, <c>snapshot</c> and so on. A
    /// <see cref="StoreReport"/> has <c>store</c> and <c>damage</c>.
    /// </summary>
    public string Kind { get; internal init; }

    /// <summary>
    /// <c>whole</c>: as it was written. <c>torn</c>: the end of an unfinished, never acknowledged write. <c>damaged</c>: it was synced, and
    /// its bytes have changed since. A store can also be <c>recovered</c>, <c>unchanged</c> or <c>refused</c> by a recovery.
    /// </summary>
    public string State { get; internal init; } = Whole;

    /// <summary>The group of the process to which the item belongs. Null also for an item of the whole log.</summary>
    public string? Group { get; internal init; }

    /// <summary>The process to which the item belongs. Null also for an item of the whole log.</summary>
    public ProcessName? Process { get; internal init; }

    /// <summary>The path of the file, relative to the directory.</summary>
    public string? File { get; internal init; }

    /// <summary>In bytes from the beginning of the file.</summary>
    public long Offset { get; internal init; }

    /// <summary>The index of an entry, of a base or snapshot, or of the last entry of a store.</summary>
    public long? Index { get; internal init; }

    /// <summary>The term of an entry, of a hard state, of a base or snapshot, or of the last entry of a store.</summary>
    public long? Term { get; internal init; }

    /// <summary>The serial of an entry, of a base or snapshot, or the last one of a store.</summary>
    public long? Serial { get; internal init; }

    /// <summary>The time of an entry, or of a base or snapshot, by the clock of the leader.</summary>
    public DateTimeOffset? Time { get; internal init; }

    /// <summary>The key of a pair.</summary>
    public string? Key { get; internal init; }

    /// <summary>The value of a pair as its codec wrote it, behind the octet of its kind.</summary>
    public ReadOnlyMemory<byte>? Value { get; internal init; }

    /// <summary>In bytes: the value of a pair, the state of a snapshot, or a damaged place.</summary>
    public long? Size { get; internal init; }

    /// <summary>The incarnation of the process of a store.</summary>
    public Guid? Incarnation { get; internal init; }

    /// <summary>The uuid of the group of a store. After a recovery it is the new one, which must be the same on all survivors.</summary>
    public Guid? GroupId { get; internal init; }

    /// <summary>The index after which the log of a store begins.</summary>
    public long? BaseIndex { get; internal init; }

    /// <summary>The index of the latest snapshot of a store.</summary>
    public long? SnapshotIndex { get; internal init; }

    /// <summary>More about the item, for an operator.</summary>
    public string? Detail { get; internal init; }

    internal const string Whole = "whole";
    internal const string Torn = "torn";
    internal const string Damaged = "damaged";
    internal const string Recovered = "recovered";
    internal const string Unchanged = "unchanged";
    internal const string Refused = "refused";

    internal StoreOwner? Owner
    {
        get => Group is { } group && Process is { } process ? new StoreOwner(group, process) : null;
        init => (Group, Process) = (value?.Group, value?.Name);
    }

    internal static StoreItem OfStore(StoreOwner owner) => new(file: null, 0, "store") { Owner = owner };
}
