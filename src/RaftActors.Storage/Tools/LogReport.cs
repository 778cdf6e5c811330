using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage.Tools;

/// <summary>The result of a check of a whole directory.</summary>
/// <param name="TornBytes">The bytes of the torn tail, which the next opening cuts off.</param>
/// <param name="Damages">The damaged places. If empty, every acknowledged write is intact.</param>
/// <param name="Stores">The stores that can be read.</param>
/// <param name="Owners">The owners of all stores in the log, readable or not.</param>
/// <param name="Notes">More findings for the operator, one sentence each.</param>
internal sealed record LogReport(
    string Directory,
    int Segments,
    long Records,
    int Snapshots,
    long TornBytes,
    ImmutableArray<LogDamage> Damages,
    ImmutableArray<CheckedStore> Stores,
    ImmutableArray<StoreOwner> Owners,
    ImmutableArray<string> Notes)
{
    public bool IsWhole => Damages.IsEmpty;

    /// <summary>The owners of the stores that have to be moved aside: those of the damages, or all after damage to the whole log.</summary>
    public IEnumerable<StoreOwner> Lost => Damages.Any(damage => damage.Owner is null)
        ? Owners
        : Damages.Select(damage => damage.Owner!.Value).Distinct();

    public StoreReport ToReport()
    {
        var lost = Lost.ToHashSet();
        var unread = lost.Except(Stores.Select(store => store.Owner)).Select(StoreItem.OfStore);
        return new StoreReport
        {
            Stores =
            [
                .. Stores.Select(store => store.ToItem()).Concat(unread)
                    .Select(item => lost.Contains(item.Owner!.Value) ? item with { State = StoreItem.Damaged } : item),
            ],
            Damages = [.. Damages.Select(damage => damage.ToItem(Directory))],
            TornBytes = TornBytes,
            Notes = [$"{Directory}: {Segments} segments, {Records} records, {Snapshots} snapshots.", .. Notes],
        };
    }
}

/// <summary>A damaged place, and the store that it concerns.</summary>
/// <param name="Owner">Null for all stores in the log.</param>
/// <param name="Behind">The number of the owner's entries after the place. They may be intact, and cannot be used.</param>
internal sealed record LogDamage(StoreDamage Place, StoreOwner? Owner, long Behind)
{
    public StoreItem ToItem(string directory) => new(Path.GetRelativePath(directory, Place.File), Place.Offset, "damage")
    {
        State = StoreItem.Damaged,
        Owner = Owner,
        Index = Place.Index?.Value,
        Detail = Place.What
            + (Place.Checksum is var (expected, found) ? $" (checksum {expected:x8} expected, {found:x8} found)" : "")
            + (Behind > 0 ? $"; {Behind} entries come after it" : ""),
    };
}

/// <summary>The store of one process in a directory.</summary>
/// <param name="Base">The log begins after this position.</param>
/// <param name="Last">The end of the log, or of a snapshot that goes beyond it.</param>
/// <param name="LatestSnapshot">The index of the latest snapshot, or null.</param>
/// <param name="IsWhole">The process can start.</param>
internal sealed record CheckedStore(
    StoreOwner Owner,
    Incarnation Incarnation,
    HardState HardState,
    LogPosition Base,
    LogEnd Last,
    LogIndex? LatestSnapshot,
    bool IsWhole)
{
    public StoreItem ToItem() => StoreItem.OfStore(Owner) with
    {
        Incarnation = Incarnation.Value,
        GroupId = HardState.Group == GroupUid.None ? null : HardState.Group.Value,
        BaseIndex = Base.Index.Value,
        Index = Last.Index.Value,
        Term = Last.Term.Value,
        Serial = Last.Serial.Value,
        SnapshotIndex = LatestSnapshot?.Value,
    };
}
