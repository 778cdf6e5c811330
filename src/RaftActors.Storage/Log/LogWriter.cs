using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// Does what is queued: many writes of many stores with one write to the disk and one sync, then tells the stores. Whoever calls holds
/// <see cref="Lock"/>; but for <see cref="Queue"/>, which anybody may fill.
/// </summary>
internal sealed partial class LogWriter(IDisk disk, StoreOptions options, SegmentFiles files, Guid log)
{
    private readonly BatchBuilder _builder = new((int)Math.Min(2L * options.BatchSizeMaxBytes, int.MaxValue));
    private readonly List<FileStore> _touched = [];
    private readonly List<WriteQueue.Item> _after = [];
    private bool _isFull;

    public Lock Lock { get; } = new();

    public WriteQueue Queue { get; } = new();

    /// <summary>By number.</summary>
    public List<Slot> Slots { get; } = [];

    /// <summary>Why nothing is written any more.</summary>
    public StoreException? Failure { get; private set; }

    public bool NeedsSeal => Failure is null && files.NeedsSeal;

    public bool NeedsSync => Failure is null && files.Synced < files.End;

    /// <summary>The disk has no room for what is next. It is tried again.</summary>
    public bool IsStarved { get; private set; }

    /// <summary>Does all that is queued at this moment, as far as there is room.</summary>
    /// <returns>Whether anything was.</returns>
    public bool WriteQueued()
    {
        if (Failure is not null)
        {
            return false;
        }

        try
        {
            var isAny = false;
            _isFull = false;
            Queue.Take();
            while (Queue.HasTaken && !_isFull)
            {
                isAny |= WriteBatch();
            }

            IsStarved = _isFull || Queue.Deferred.Length > 0;
            LookAtSpace();
            return isAny;
        }
        catch (Exception e)
        {
            Fail(e);
            return false;
        }
    }

    /// <summary>What an idle log does after a while.</summary>
    public void Seal() => Try(() =>
    {
        if (files.NeedsSeal)
        {
            files.Seal(_builder);
        }
    });

    public void Sync() => Try(files.Sync);

    /// <summary>Begins a log.</summary>
    public void Begin() => files.Begin(log, _builder, AddCheckpoint, 0);

    /// <summary>Begins the log of a new store, with what it is preloaded with, durably and in one step.</summary>
    /// <exception cref="DiskFullException">There is no room for it, and nothing was done.</exception>
    public void BeginSlot(Slot slot, LogSlice preload)
    {
        var size = SizeMax(slot.State.Owner!.Value) + SizeMax(preload);
        if (size > PreloadSizeMax)
        {
            throw new StoreException($"The preload of {slot.State.Owner} has up to {size} bytes, and a store begins with "
                + $"{PreloadSizeMax} at most. Preload less, and append the rest.");
        }

        if (!files.HasRoom(size))
        {
            Try(() => Roll(size), canBeFull: true);
        }

        if (Failure is not null)
        {
            return;
        }

        _builder.Begin(files.Seed, files.End);
        slot.AddTo(_builder);
        foreach (var entry in preload)
        {
            Append(slot, entry);
        }

        Slots.Add(slot);
        Try(() =>
        {
            files.Append(_builder.End(files.Synced, files.Batches));
            files.Sync();
        });
    }

    /// <summary>After this nobody knows what is on disk, so nothing more is written, and each store is told once.</summary>
    public void Fail(Exception cause)
    {
        if (Failure is not null)
        {
            return;
        }

        Failure = new StoreException(
            $"The log in {options.Directory} can be written no more ({cause.Message.TrimEnd('.')}). What was not acknowledged may be on "
            + "disk or not; see to the disk, and start the process again.",
            cause);
        Queue.Drop();
        foreach (var slot in Slots)
        {
            slot.OpenedBy?.Listener?.OnFailed(Failure);
        }
    }

    /// <param name="action">What is done unless the log has failed; what it throws is a failure of the log.</param>
    /// <param name="canBeFull">A full disk is not, and is for the caller.</param>
    private void Try(Action action, bool canBeFull = false)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            action();
        }
        catch (Exception e) when (!canBeFull || e is not DiskFullException)
        {
            Fail(e);
        }
    }

    /// <returns>Whether anything was done.</returns>
    private bool WriteBatch()
    {
        _builder.Begin(files.Seed, files.End);
        try
        {
            Gather();
        }
        catch (DiskFullException) when (_touched.Count == 0)
        {
            _isFull = !MakeRoom();
            return !_isFull;
        }

        if (!_builder.IsEmpty)
        {
            files.Append(_builder.End(files.Synced, files.Batches));
        }

        if (options.Sync == SyncPolicy.Always || _after.Count > 0)
        {
            files.Sync();
        }

        var isAny = _touched.Count > 0;
        Tell();
        return isAny;
    }

    /// <summary>Fills a batch, at most up to something that has to be durable before anything else is done.</summary>
    private void Gather()
    {
        while (Queue.HasTaken && _after.Count == 0)
        {
            var item = Queue.Next;
            var (store, slot) = (item.Store, item.Store.Slot!);
            if (slot.OpenedBy != store)
            {
                Queue.Done();
                continue;
            }

            if (store.IsStalled && !(item.Write is Effect.Discard && !HasInstallation(Queue.Deferred, store)))
            {
                Queue.Defer();
                continue;
            }

            var size = SizeMax(item.Write);
            if (_touched.Count > 0 && (_builder.Length + size > options.BatchSizeMaxBytes || !files.HasRoom(_builder.Length + size)))
            {
                return;
            }

            if (!files.HasRoom(_builder.Length + size))
            {
                Roll(size);
                _builder.Begin(files.Seed, files.End);
            }

            if (TryAdd(item))
            {
                Queue.Done();
            }
        }
    }

    /// <returns>False: there is no room for a snapshot that is coming in, so the store has to wait. Others need not.</returns>
    private bool TryAdd(in WriteQueue.Item item)
    {
        try
        {
            Add(item);
        }
        catch (DiskFullException) when (item.Write is Effect.StoreChunk or Effect.InstallSnapshot)
        {
            return !(item.Store.IsStalled = true);
        }

        item.Store.Touch(item.Write, _touched);
        if (item.Write is Effect.InstallSnapshot or Effect.Discard)
        {
            _after.Add(item);
        }

        return true;
    }

    private void Add(in WriteQueue.Item item)
    {
        var slot = item.Store.Slot!;
        switch (item.Write)
        {
            case Effect.Persist(_, var hardState, var entries):
                if (hardState is not null)
                {
                    slot.State.HardState = hardState;
                    _builder.AddHardState(slot.Number, hardState);
                }

                foreach (ref readonly var entry in entries.Span)
                {
                    Append(slot, entry);
                }

                break;
            case Effect.StoreChunk(_, var snapshot, var offset, var data):
                slot.Snapshots!.Write(snapshot, offset, data.Span);
                break;
            case Effect.InstallSnapshot(_, var snapshot, var keepsLog):
                slot.Snapshots!.FinishIncoming(snapshot);
                slot.DiscardTo(snapshot.Position, keepsLog);
                _builder.AddBase(slot.Number, RecordType.Installed, snapshot.Position, slot.State.Last);
                break;
            case Effect.Discard(var position, _):
                AddDiscard(slot, position);
                break;
        }
    }

    private void AddDiscard(Slot slot, LogPosition position)
    {
        if (position.Index > slot.State.Base.Index)
        {
            slot.DiscardTo(position, keepsLog: true);
            _builder.AddBase(slot.Number, RecordType.Base, position, slot.State.Last);
        }
    }

    private void Append(Slot slot, in LogEntry entry)
    {
        // A discard that went first, to make room, covers it.
        if (entry.Index <= slot.State.Base.Index)
        {
            return;
        }

        if (entry.Index > slot.State.Last.Next)
        {
            throw new InvalidOperationException(
                $"The log of {slot.State.Owner} ends at {slot.State.Last}, and was to go on with {entry.Index}.");
        }

        _builder.AddEntry(slot.Number, entry);
        slot.Append(entry.Index, files.Current);
    }

    /// <summary>The batch is on disk: what had to wait for it is done, and the stores are told.</summary>
    private void Tell()
    {
        foreach (var item in _after)
        {
            if (item.Write is Effect.InstallSnapshot install)
            {
                item.Store.Slot!.Snapshots!.Install(install.Snapshot.Position);
            }
        }

        foreach (var store in _touched)
        {
            store.TellPersisted();
        }

        _touched.Clear();
        foreach (var item in _after)
        {
            if (item.Write is Effect.Discard discard)
            {
                item.Store.Slot!.Snapshots!.DeleteBefore(discard.Snapshot);
            }
        }

        if (_after.Count > 0)
        {
            _after.Clear();
            Retire();
        }
    }

    private void Roll(long size)
    {
        try
        {
            files.Begin(log, _builder, AddCheckpoint, size);
        }
        finally
        {
            _spaceSeenAt = null;
        }

        Retire();
    }

    private void AddCheckpoint(BatchBuilder builder)
    {
        foreach (var slot in Slots)
        {
            slot.AddTo(builder);
        }
    }

    /// <summary>
    /// Deletes the segments in which no slot has an entry that it needs. The last one stays, and says where each slot stands.
    /// </summary>
    private void Retire()
    {
        var oldest = files.Current;
        foreach (var slot in Slots)
        {
            oldest = slot.Damage is null ? Math.Min(oldest, slot.Runs.OldestSegment ?? oldest) : files.Oldest;
        }

        files.DeleteBefore(oldest);
    }
}
