using RaftActors.Core;
using RaftActors.Storage.Log;

namespace RaftActors.Storage.Backups;

/// <summary>
/// A new store that gets a snapshot and the entries after it, for a backup or for a member of a restored group. It is fenced from its
/// first write until <see cref="End"/>, so a process that is started on an unfinished one neither votes nor counts. Each write blocks for
/// the disk.
/// </summary>
internal sealed class FencedStore : IDisposable
{
    private readonly StoreDirectory _directory;
    private readonly SlotOpening _opening;
    private Ticket _asked;

    /// <param name="directory">A directory without a thread. Dispose closes it.</param>
    /// <exception cref="StoreException">The directory has a store of the owner already, or cannot be written.</exception>
    public FencedStore(StoreDirectory directory, StoreOwner owner)
    {
        _directory = directory;
        try
        {
            if (directory.Owners.Contains(owner))
            {
                throw new StoreException(
                    $"The directory has a store of {owner} already. Restore into another directory, or move this one away.");
            }

            (_opening, _) = directory.OpenSlot(owner, [], listener: null);
            End(Fenced);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The state of a store that no process may use.</summary>
    public static HardState Fenced { get; } = InitialState.Empty.HardState with { Fence = Fence.RestoredDisk };

    /// <summary>Begins the log after a position, because the entries up to it are elsewhere.</summary>
    public void BeginAfter(LogPosition position) => Write(new Effect.Discard(position, LogIndex.Zero));

    /// <summary>Adds the next bytes of the state in a snapshot. The last ones install it, in place of an earlier one.</summary>
    public void Add(Snapshot snapshot, long offset, ReadOnlyMemory<byte> state)
    {
        Write(new Effect.StoreChunk(Next(), snapshot, offset, state));
        if (offset + state.Length == snapshot.Length)
        {
            Write(new Effect.InstallSnapshot(Next(), snapshot, KeepsLog: false));
            Write(new Effect.Discard(snapshot.Position, snapshot.Position.Index));
        }
    }

    public void Add(LogSlice entries) => Write(new Effect.Persist(Next(), null, entries));

    /// <summary>Completes the store with its final state.</summary>
    public void End(HardState state) => Write(new Effect.Persist(Next(), state, default));

    public void Dispose() => _directory.Dispose();

    private Ticket Next() => _asked = _asked.Next;

    private void Write(Effect.Write write)
    {
        _directory.Writer.Queue.Add(_opening, write);
        _directory.WriteQueued();
        if (_directory.Writer.Failure is { } failure)
        {
            throw failure;
        }

        if (_directory.IsShortOfSpace)
        {
            throw new StoreException($"The disk is nearly full, so the store of {_opening.Slot.Owner} is a part, and fenced. Make "
                + "room, and begin again. A restore needs another directory, or this one moved away.");
        }
    }
}
