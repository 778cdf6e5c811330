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
    ImmutableArray<StoreReport> Stores,
    ImmutableArray<StoreOwner> Owners,
    ImmutableArray<string> Notes)
{
    public bool IsWhole => Damages.IsEmpty;
}

/// <summary>A damaged place, and the store that it concerns.</summary>
/// <param name="Owner">Null for all stores in the log.</param>
/// <param name="Behind">The number of the owner's entries after the place. They may be intact, and cannot be used.</param>
internal sealed record LogDamage(StoreDamage Place, StoreOwner? Owner, long Behind);

/// <summary>The store of one process in a directory.</summary>
/// <param name="Base">The log begins after this position.</param>
/// <param name="Last">The end of the log, or of a snapshot that goes beyond it.</param>
/// <param name="LatestSnapshot">The index of the latest snapshot, or null.</param>
/// <param name="IsWhole">The process can start.</param>
internal sealed record StoreReport(
    StoreOwner Owner,
    Incarnation Incarnation,
    HardState HardState,
    LogPosition Base,
    LogEnd Last,
    LogIndex? LatestSnapshot,
    bool IsWhole);
