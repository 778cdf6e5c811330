using System.Collections.Concurrent;

using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// Writes the queued writes of all stores of a directory to the log, with one write to the disk and one sync for each batch, and tells the
/// stores. The caller of a method holds <see cref="Lock"/>. Any thread may fill <see cref="Queue"/>.
/// </summary>
internal sealed class LogWriter
{
    private const long PreloadSizeMax = 1 << 30;

    private readonly StoreOptions _options;
    private readonly SegmentFiles _files;
    private readonly BatchBuilder _builder;
    private readonly FreeSpace _space;
    private readonly SegmentCleaner _cleaner;
    private readonly SegmentRoller _roller;
    private readonly BatchGatherer _batch;
    private readonly List<Slot> _slots = [];
    private volatile int _lastNumber;
    private readonly ConcurrentDictionary<StoreOwner, Slot> _byOwner = [];

    // The snapshot that may take room below the floor, or null.
    private OwnSnapshotWriter? _below;

    /// <param name="log">The identity of the log.</param>
    /// <param name="hasClock">See <see cref="FreeSpace"/>.</param>
    public LogWriter(IDisk disk, StoreOptions options, SegmentFiles files, Guid log, bool hasClock)
    {
        (_options, _files) = (options, files);
        _builder = new BatchBuilder((int)Math.Min(2L * options.BatchSizeMaxBytes, int.MaxValue));
        _space = new FreeSpace(disk, options, _slots, hasClock);
        _cleaner = new SegmentCleaner(options, files, _builder, new EntryReader(disk), _slots, log);
        _roller = new SegmentRoller(files, _builder, _cleaner, _space, _slots, log);
        _batch = new BatchGatherer(options, files, _builder, _roller, Queue);
    }

    public Lock Lock { get; } = new();

    public WriteQueue Queue { get; } = new();

    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>The highest number of a slot. Any thread may read it, without the lock.</summary>
    public int LastNumber => _lastNumber;

    /// <summary>Any thread may call it, without the lock.</summary>
    public Slot? Find(StoreOwner owner) => _byOwner.GetValueOrDefault(owner);

    /// <summary>The number of written batches. Any thread may read it, without the lock.</summary>
    public long Batches => _files.Batches;

    /// <summary>If not null, the log has failed, and nothing more is written. Any thread may read it.</summary>
    public StoreException? Failure { get; private set; }

    public bool NeedsSeal => Failure is null && _files.NeedsSeal;

    /// <summary>A write waits for room on the disk.</summary>
    public bool IsStarved { get; private set; }

    public bool IsShort => _space.IsShort;

    public void Begin() => _roller.Begin();

    public void Add(IEnumerable<SlotReplay> slots)
    {
        foreach (var read in slots)
        {
            Add(Slot.Of(read));
        }
    }

    /// <summary>Writes all writes that are queued now, as far as there is room. Returns whether any was written.</summary>
    public bool WriteQueued()
    {
        DemandLock();
        if (Failure is not null)
        {
            return false;
        }

        try
        {
            var (isAny, isFull) = (false, false);
            Queue.Take();
            while (Queue.HasTaken && !isFull)
            {
                isAny |= WriteBatch(out isFull);
            }

            IsStarved = isFull || Queue.Deferred.Count > 0;
            _space.Look(IsStarved);
            return isAny;
        }
        catch (Exception e)
        {
            Fail(e);
            return false;
        }
    }

    /// <summary>Records that all earlier batches are durable. Does nothing if the log is sealed.</summary>
    public void Seal() => Try(() =>
    {
        if (_files.NeedsSeal)
        {
            _files.Seal(_builder);
        }
    });

    /// <summary>Gives up the move of entries to the next segment. Call it before the directory closes.</summary>
    public void StopCleaning() => Try(_cleaner.Drop);

    /// <summary>Makes all written batches durable.</summary>
    public void Sync() => Try(_files.Sync);

    /// <summary>Lets one snapshot at a time take room below the floor. Any thread may call it, without the lock.</summary>
    public bool TryGoBelow(OwnSnapshotWriter snapshot) => (Interlocked.CompareExchange(ref _below, snapshot, null) ?? snapshot) == snapshot;

    public void EndBelow(OwnSnapshotWriter snapshot) => Interlocked.CompareExchange(ref _below, null, snapshot);

    /// <summary>Begins the slot of a new store with its preload, atomically. Durable after <see cref="Sync"/>.</summary>
    /// <exception cref="DiskFullException">There is no room, and nothing was written.</exception>
    /// <exception cref="StoreException">The preload is too large, or the log has failed.</exception>
    public void BeginSlot(Slot slot, LogSlice preload)
    {
        var level = _files.Level;
        var size = WriteSize.Of(slot.Owner) + WriteSize.Of(preload, ref level);
        if (size > PreloadSizeMax)
        {
            throw new StoreException($"The preload of {slot.Owner} takes up to {size} bytes, and a store begins with {PreloadSizeMax} at "
                + "most. Preload less, and append the rest.");
        }

        if (!_files.HasRoom(size))
        {
            Try(() => _roller.Roll(size, level), canBeFull: true);
        }

        if (Failure is null)
        {
            _builder.Begin(_files.Seed, _files.End);
            slot.AddTo(_builder);
            foreach (var entry in preload)
            {
                _batch.Append(slot, entry);
            }

            Add(slot);
            Try(WriteOut);
        }

        if (Failure is not null)
        {
            throw Failure;
        }
    }

    /// <summary>Takes the slot of a store that is not open out of the log, durably.</summary>
    /// <exception cref="DiskFullException">There is no room, and nothing was written.</exception>
    /// <exception cref="StoreException">The log has failed.</exception>
    public void EndSlot(Slot slot)
    {
        if (!_files.HasRoom(WriteSize.RecordMax))
        {
            Try(() => _roller.Roll(WriteSize.RecordMax, _files.Level), canBeFull: true);
        }

        _slots.Remove(slot);
        _byOwner.TryRemove(slot.Owner, out _);
        Try(() =>
        {
            _builder.Begin(_files.Seed, _files.End);
            _builder.AddForgotten(slot.Number);
            Commit();
        });
        if (Failure is not null)
        {
            throw Failure;
        }
    }

    /// <summary>
    /// Stops the log and tells each open store once. The content of the disk is in doubt until the next opening, so nothing more is
    /// written. Any thread may call it, without the lock. Returns the failure that counts.
    /// </summary>
    public StoreException Fail(Exception cause)
    {
        lock (Lock)
        {
            if (Failure is not null)
            {
                return Failure;
            }

            Failure = new StoreException(
                $"The log in {_options.Directory} cannot be written any more ({cause.Message.TrimEnd('.')}). Writes that were not "
                + "acknowledged may be on disk or not. Repair the disk, and start the process again.",
                cause);
            Queue.Drop();
            foreach (var slot in _slots)
            {
                slot.Opening?.Listener?.OnFailed(Failure);
            }

            return Failure;
        }
    }

    private void Add(Slot slot)
    {
        _lastNumber = Math.Max(_lastNumber, slot.Number);
        _slots.Add(slot);
        _byOwner.TryAdd(slot.Owner, slot);
    }

    /// <summary>Runs an action, unless the log has failed. An exception of the action fails the log.</summary>
    /// <param name="canBeFull">A <see cref="DiskFullException"/> goes to the caller and does not fail the log.</param>
    private void Try(Action action, bool canBeFull = false)
    {
        DemandLock();
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

    /// <param name="isFull">The next write must wait for room on the disk.</param>
    /// <returns>Whether any write was finished.</returns>
    private bool WriteBatch(out bool isFull)
    {
        isFull = false;
        try
        {
            _batch.Gather();
        }
        catch (DiskFullException) when (_batch.IsEmpty)
        {
            isFull = !MakeRoom();
            return !isFull;
        }

        var isAny = !_batch.IsEmpty;
        Commit();
        _batch.Finish();
        _cleaner.Work();
        return isAny;
    }

    /// <summary>Does the discards that are queued behind a write without room. Returns whether there was any.</summary>
    private bool MakeRoom()
    {
        _space.Tell(isShort: true);
        if (!_batch.GatherDiscards())
        {
            return false;
        }

        Commit();
        _batch.Finish();
        return true;
    }

    private void Commit()
    {
        WriteOut();
        _files.Sync();
    }

    private void WriteOut()
    {
        if (!_builder.IsEmpty)
        {
            _files.Append(_builder.End(_files.Synced, _files.Batches), _builder.Entries);
        }
    }

    // Invariant: one thread writes at a time.
    private void DemandLock()
    {
        if (!Lock.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException($"The log in {_options.Directory} is used without its lock.");
        }
    }
}
