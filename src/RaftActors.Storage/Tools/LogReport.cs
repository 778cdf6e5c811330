using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage.Tools;

/// <summary>What a check of a whole directory found.</summary>
/// <param name="Directory">Its path.</param>
/// <param name="Segments">Files of the log.</param>
/// <param name="Records">Records that were checked.</param>
/// <param name="Snapshots">Snapshots that were checked, every byte.</param>
/// <param name="TornBytes">At the end of the log, of a write that nobody was told about; the next opening cuts it off.</param>
/// <param name="Damages">By place. Empty: all that was acknowledged is there.</param>
/// <param name="Stores">Of which so much can be read that it can be told.</param>
/// <param name="Owners">Everybody whose name stands in the log.</param>
/// <param name="Notes">What people should know besides, a sentence each.</param>
public sealed record LogReport(
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
    /// <summary>Nothing that was acknowledged is damaged.</summary>
    public bool IsWhole => Damages.IsEmpty;
}

/// <summary>A damaged place, and whom it concerns.</summary>
/// <param name="Owner">Null: everybody who has a store in the log.</param>
/// <param name="Behind">How many of the owner's entries stand behind it, which may be whole and are not reached any more.</param>
public sealed record LogDamage(StoreDamage Place, StoreOwner? Owner, long Behind);

/// <summary>What one process has in a directory.</summary>
/// <param name="Base">What comes before was discarded.</param>
/// <param name="Last">The end of the log, or of the snapshot where that goes beyond it.</param>
/// <param name="LatestSnapshot">Null if there is none.</param>
/// <param name="IsWhole">Its process can start.</param>
public sealed record StoreReport(
    StoreOwner Owner,
    Incarnation Incarnation,
    HardState HardState,
    LogPosition Base,
    LogEnd Last,
    LogIndex? LatestSnapshot,
    bool IsWhole);
