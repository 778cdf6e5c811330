using RaftActors.Core;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Writes plans of <see cref="LostQuorum"/> into the stores of a survivor. Moves the old files aside, and keeps the other stores of the
/// log. All plans are in one new segment, so a crash leaves all logs as they were, or all recovered. In the second case the snapshots may
/// still be the old ones, and the same recovery, repeated, completes them.
/// </summary>
internal sealed class LostQuorumStore : IDisposable
{
    private const string Folder = "before-recover";
    private const int PieceSize = 1 << 20;

    private readonly OfflineDirectory _offline;
    private readonly LogReader _reader;
    private readonly List<Part> _parts = [];

    // The stores that stay as they are.
    private readonly List<StoreItem> _left = [];

    private LostQuorumStore(OfflineDirectory offline, CancellationToken cancellationToken)
    {
        _offline = offline;
        if (LogVerify.Check(offline, onStep: null, cancellationToken).Damages is [var damage, ..])
        {
            throw new StoreException($"{damage.Place.File} at {damage.Place.Offset} is damaged: {damage.Place.What}. A damaged store "
                + "cannot be recovered. Move it aside with 'raft log repair', and recover the other survivors without it.");
        }

        _reader = LogReader.OfAll(offline.Disk);
    }

    public IEnumerable<LostQuorumPlan> Plans => _parts.Select(part => part.Plan);

    /// <summary>Locks the directory, and makes the plan for one store.</summary>
    /// <param name="directory">The directory of the store.</param>
    /// <param name="owner">The process to recover.</param>
    /// <param name="survivors">The names of all survivors, this process included.</param>
    /// <param name="isSharedAllowed">Accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">The recovery is unsafe or impossible. The message has the reason and the remedy.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LostQuorumStore Open(
        string directory,
        StoreOwner owner,
        IEnumerable<ProcessName> survivors,
        bool isSharedAllowed,
        CancellationToken cancellationToken = default) =>
        Open(directory, isSharedAllowed, cancellationToken, store =>
        {
            var slot = store._reader.Slots.FirstOrDefault(one => one.Owner == owner)
                ?? throw new StoreException($"{store._offline.Path} has no store of {owner}. It has those of "
                    + $"{string.Join(", ", store._reader.Slots.Select(one => one.Owner))}. Name one of them.");
            store.Add(slot, state => LostQuorum.Plan(owner, slot.Incarnation, state, survivors));
        });

    /// <summary>Locks the directory, and makes the plan for each store in it.</summary>
    /// <param name="directory">The directory of the stores.</param>
    /// <param name="nodes">The nodes that survive, this one included.</param>
    /// <param name="isSharedAllowed">Accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">The directory cannot be read or is damaged. The message has the reason and the remedy.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LostQuorumStore OpenAll(
        string directory, IReadOnlyList<string> nodes, bool isSharedAllowed, CancellationToken cancellationToken = default) =>
        Open(directory, isSharedAllowed, cancellationToken, store =>
        {
            var slots = store._reader.Slots.OrderBy(slot => slot.Owner.Group, StringComparer.Ordinal).ThenBy(slot => slot.Owner.Name);
            foreach (var slot in slots)
            {
                try
                {
                    store.Add(slot, state => LostQuorum.PlanFor(slot.Owner, slot.Incarnation, state, nodes));
                }
                catch (StoreException e)
                {
                    store._left.Add(StoreItem.OfStore(slot.Owner) with { State = StoreItem.Refused, Detail = e.Message });
                }
            }
        });

    public StoreReport ToReport(IEnumerable<string> nodes)
    {
        var without = nodes.Except(Plans.SelectMany(plan => plan.Before.Names()).Select(name => name.Node));
        return new StoreReport
        {
            Stores = [.. Plans.Select(plan => plan.ToItem()), .. _left],
            Notes = [.. without.Select(node => $"No group that is recovered has a member on {node}. If it should, correct the nodes.")],
        };
    }

    /// <summary>Writes the plans. Returns the path of the folder with the old files.</summary>
    /// <exception cref="StoreException">The disk has failed.</exception>
    public string Apply()
    {
        var folder = _offline.MakeFolder(Folder);
        var snapshots = _parts.Where(part => part.Snapshot is not null).ToList();
        snapshots.ForEach(part => CopySnapshot(part.Snapshot!, folder)); // Justification: those with one.

        var plans = _parts.ToDictionary(part => part.Slot, part => part.Plan.State);
        var slots = _reader.Slots.Select(slot => plans.TryGetValue(slot.Number, out var state)
            ? (slot, state.HardState, state.Log)
            : (slot, slot.HardState, slot.Entries));
        var last = LogRewrite.Write(_offline.Disk, _reader, slots);
        snapshots.ForEach(part => WriteSnapshot(part.Snapshot!, part.Plan)); // Justification: as above.
        _offline.MoveSegments(last, folder);
        return _offline.Disk.PathOf(folder);
    }

    public void Dispose() => _offline.Dispose();

    private static LostQuorumStore Open(
        string directory, bool isSharedAllowed, CancellationToken cancellationToken, Action<LostQuorumStore> plan) =>
        OfflineDirectory.ToChange(directory, isSharedAllowed, offline =>
        {
            var store = new LostQuorumStore(offline, cancellationToken);
            plan(store);
            return store;
        });

    private void Add(SlotReplay slot, Func<InitialState, LostQuorumPlan?> planOf)
    {
        var (name, snapshot) = LatestSnapshot(_offline, slot);
        var state = new InitialState(slot.HardState ?? InitialState.Empty.HardState, slot.Entries)
        {
            Base = slot.Range.Base,
            Snapshot = snapshot,
        };
        if (planOf(state) is { } plan)
        {
            _parts.Add(new Part(slot.Number, name, plan));
        }
        else
        {
            _left.Add(StoreItem.OfStore(slot.Owner) with
            {
                State = StoreItem.Unchanged,
                Detail = "it has a majority of its voters on these nodes, or was never founded",
            });
        }
    }

    private static (string? Name, Snapshot? Snapshot) LatestSnapshot(OfflineDirectory offline, SlotReplay slot)
    {
        var folder = SnapshotName.FolderOf(slot.Number);
        if (!offline.SnapshotFolders.Contains(folder))
        {
            return default;
        }

        var arrived = offline.Disk.List(folder).FirstOrDefault(name => SnapshotName.Parse(name, SnapshotName.Arrived) is not null);
        if (arrived is not null)
        {
            throw new StoreException($"{offline.Disk.PathOf($"{folder}/{arrived}")} was received just before the process stopped. "
                + "Start the process once, so that it installs or deletes this snapshot. Stop it, and recover then.");
        }

        var latest = offline.Disk.List(folder).LastOrDefault(name => SnapshotName.Parse(name, SnapshotName.Whole) is not null);
        if (latest is null)
        {
            return default;
        }

        using var file = SnapshotFile.Open(offline.Disk, $"{folder}/{latest}", slot.Owner);
        return ($"{folder}/{latest}", file.Snapshot);
    }

    private void CopySnapshot(string snapshot, string folder)
    {
        var target = $"{folder}/{snapshot}";
        var parent = target[..target.LastIndexOf('/')];
        _offline.Disk.CreateFolder(parent);
        using (var from = _offline.Disk.Open(snapshot))
        using (var to = _offline.Disk.Create(target, from.Length))
        {
            var piece = new byte[PieceSize];
            for (long offset = 0; offset < from.Length;)
            {
                var read = from.Read(offset, piece);
                to.Write(offset, piece.AsSpan(0, read));
                offset += read;
            }

            to.Sync();
        }

        _offline.Disk.SyncFoldersUpFrom(parent);
    }

    /// <summary>Replaces the snapshot atomically.</summary>
    private void WriteSnapshot(string name, LostQuorumPlan plan)
    {
        var (disk, snapshot) = (_offline.Disk, plan.State.Snapshot!); // Justification: its file is here.
        var unfinished = name[..^SnapshotName.Whole.Length] + SnapshotName.Unfinished;
        using (var from = SnapshotFile.Open(disk, name))
        using (var writer = new SnapshotFileWriter(disk, unfinished, plan.Owner, snapshot, snapshot.Length))
        {
            for (long offset = 0; offset < snapshot.Length;)
            {
                var piece = from.TryRead(offset, PieceSize)!;
                writer.Append(piece);
                offset += piece.Length;
            }

            writer.Finish();
        }

        disk.Rename(unfinished, name);
        disk.SyncFolder(name[..name.LastIndexOf('/')]);
    }

    private sealed record Part(ushort Slot, string? Snapshot, LostQuorumPlan Plan);
}
