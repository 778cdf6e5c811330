using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage;

/// <summary>
/// A directory with the stores of all processes that share it. They share one log, and one sync makes the waiting writes of all of them
/// durable. Opening takes the lock and reads the log. Thread-safe.
/// </summary>
internal sealed partial class StoreDirectory : IDisposable
{
    private readonly IDisk _disk;
    private readonly StoreOptions _options;
    private readonly Func<Guid> _identities;
    private readonly SyncMetrics _syncs;
    private readonly SegmentFiles _files;
    private readonly List<string> _notes = [];
    private IDisposable? _lock;
    private LogThread? _thread;
    private volatile bool _isDisposed;

    private StoreDirectory(StoreOptions options, IDisk disk, Func<Guid> identities, bool hasThread)
    {
        (_options, _disk, _identities, Reader) = (options, disk, identities, new EntryReader(disk));
        _syncs = new SyncMetrics(options.Directory, hasClock: hasThread);
        _files = new SegmentFiles(disk, options.SegmentSizeBytes, _syncs);
        try
        {
            Writer = OpenLog(hasThread);
        }
        catch (Exception e)
        {
            _files.Dispose();
            throw e is IOException and not StoreException ? Refusal(e) : e;
        }
    }

    /// <summary>
    /// Opens or creates a directory on the machine's own disk. Starts the thread that writes the log. New files have mode 0600, and new
    /// folders 0700.
    /// </summary>
    /// <exception cref="StoreException">Another process has the directory, it belongs to another program, other users can change it, the
    /// disk fails, or the log is damaged. Damage to one store alone is reported by <see cref="IRaftStore.Open"/> of that store.</exception>
    /// <param name="identities">Mints incarnations and the identity of the log. By default they are random.</param>
    public static StoreDirectory Open(StoreOptions options, Func<Guid>? identities = null)
    {
        var taken = DirectoryLock.Take(options.Directory, options.AllowSharedDirectory);
        try
        {
            var opened = OpenWithThread(options, new FileDisk(options.Directory), identities);
            opened._lock = taken;
            return opened;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a directory on any disk, without a thread and without a lock. <see cref="WriteQueued"/> and <see cref="Seal"/> do the work of
    /// the thread on the calling thread.
    /// </summary>
    /// <param name="identities">Mints incarnations and the identity of the log. By default they are random.</param>
    /// <param name="queued">Called for each write that is queued.</param>
    internal static StoreDirectory Open(StoreOptions options, IDisk disk, Func<Guid>? identities = null, Action? queued = null) =>
        new(options, disk, identities ?? Guid.NewGuid, hasThread: false) { Queued = queued };

    /// <summary>Opens a directory on any disk, with a thread and without a lock.</summary>
    internal static StoreDirectory OpenWithThread(StoreOptions options, IDisk disk, Func<Guid>? identities = null)
    {
        var opened = new StoreDirectory(options, disk, identities ?? Guid.NewGuid, hasThread: true);
        opened._thread = new LogThread(opened.Writer, options);
        return opened;
    }

    public IReadOnlyList<StoreOwner> Owners
    {
        get
        {
            lock (Writer.Lock)
            {
                return [.. Writer.Slots.Select(slot => slot.Owner)];
            }
        }
    }

    /// <inheritdoc cref="IRaftStore.SyncTime"/>
    internal TimeSpan? SyncTime => _syncs.Longest;

    internal Action? Queued { get; private init; }

    internal LogWriter Writer { get; }

    internal EntryReader Reader { get; }

    /// <summary>
    /// Returns a store of one process, not open yet. Each call returns another object for the same store, and only one of them can be open
    /// at a time. Opening after a Dispose reads the log from disk again.
    /// </summary>
    /// <param name="closed">Called when the store is disposed, opened or not.</param>
    public IRaftStore StoreOf(StoreOwner owner, Action? closed = null) => new FileStore(this, owner, closed);

    /// <summary>Begins a snapshot of a process's own state, which the caller's thread writes.</summary>
    internal ISnapshotWriter BeginSnapshot(SlotOpening opening, Snapshot snapshot)
    {
        // Without a thread of the log, no other thread waits for the disk.
        var pace = _thread is null ? null : new SnapshotPace(TimeProvider.System, Writer.Batches);
        var writer = new OwnSnapshotWriter(Writer, _options, opening, snapshot, pace);
        opening.Keep(writer);
        return writer;
    }

    /// <summary>
    /// Writes the queued writes, with one write and one sync for each <see cref="StoreOptions.BatchSizeMaxBytes"/>, and tells the
    /// listeners. Returns whether any was written.
    /// </summary>
    internal bool WriteQueued()
    {
        lock (Writer.Lock)
        {
            return Writer.WriteQueued();
        }
    }

    /// <summary>The disk is full or nearly full. <see cref="WriteQueued"/> checks it again.</summary>
    internal bool IsShortOfSpace
    {
        get
        {
            lock (Writer.Lock)
            {
                return Writer.Failure is null && (Writer.IsStarved || Writer.IsShort);
            }
        }
    }

    /// <summary>Seals the log, as the thread does with an idle log.</summary>
    internal void Seal()
    {
        lock (Writer.Lock)
        {
            Writer.Seal();
        }
    }

    /// <summary>
    /// Finishes the queued writes, seals the log, and releases the lock. Later writes of open stores are ignored, and their listeners are
    /// told nothing.
    /// </summary>
    public void Dispose()
    {
        lock (Writer.Lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        WaitForOpenings();
        foreach (var opening in Openings())
        {
            opening.StopSaving();
        }

        Writer.Queue.Close();
        _thread?.Join();
        WriteQueued();
        lock (Writer.Lock)
        {
            Writer.Seal();
            Writer.StopCleaning();
            foreach (var slot in Writer.Slots)
            {
                Release(slot);
            }

            _files.Dispose();
        }

        _lock?.Dispose();
    }

    private StoreException Refusal(Exception cause) => new(
        $"Cannot open the stores in {_options.Directory}: {cause.Message.TrimEnd('.')}. Repair the disk, and start again.", cause);

    private SlotOpening[] Openings()
    {
        lock (Writer.Lock)
        {
            return [.. Writer.Slots.Select(slot => slot.Opening).OfType<SlotOpening>()];
        }
    }
}
