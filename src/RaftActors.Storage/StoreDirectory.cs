using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage;

/// <summary>
/// A directory with the stores of all processes that share it: one log, and one sync for all that is waiting. Opening it takes the lock
/// and reads what is there. Thread-safe.
/// </summary>
public sealed partial class StoreDirectory : IDisposable
{
    /// <summary>The name of the lock file. A store creates it before anything else in its directory.</summary>
    public const string LockFileName = DirectoryLock.FileName;

    private readonly IDisk _disk;
    private readonly StoreOptions _options;
    private readonly Func<Guid> _identities;
    private readonly SegmentFiles _files;
    private readonly List<PendingSave> _saves = [];
    private readonly List<string> _notes = [];
    private IDisposable? _lock;
    private LogThread? _thread;
    private bool _isDisposed;

    private StoreDirectory(StoreOptions options, IDisk disk, Func<Guid> identities, bool hasThread)
    {
        (_options, _disk, _identities) = (options, disk, identities);
        _files = new SegmentFiles(disk, options.SegmentSizeBytes);
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

    /// <summary>Opens, or makes, a directory on the machine's own disk. A thread of its own writes.</summary>
    /// <exception cref="StoreException">It cannot be used: another process has it, it is another program's, the disk fails. What is wrong
    /// with the store of one process only, that store's opening says.</exception>
    public static StoreDirectory Open(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var taken = DirectoryLock.Take(options.Directory);
        try
        {
            var opened = OpenWithThread(options, new FileDisk(options.Directory));
            opened._lock = taken;
            return opened;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Opens a directory on another disk, without a thread: <see cref="WriteQueued"/> and <see cref="Seal"/> do what the thread
    /// would do, where and when they are called.</summary>
    /// <param name="identities">Where incarnations come from, and the log's own identity; they are random otherwise.</param>
    internal static StoreDirectory Open(StoreOptions options, IDisk disk, Func<Guid>? identities = null)
    {
        options.Check();
        return new StoreDirectory(options, disk, identities ?? Guid.NewGuid, hasThread: false);
    }

    /// <summary>Opens a directory on another disk, with a thread. Nothing is locked.</summary>
    internal static StoreDirectory OpenWithThread(StoreOptions options, IDisk disk)
    {
        var opened = new StoreDirectory(options, disk, Guid.NewGuid, hasThread: true);
        opened._thread = new LogThread(opened.Writer, options);
        return opened;
    }

    /// <summary>Whose stores are here.</summary>
    public IReadOnlyList<StoreOwner> Owners
    {
        get
        {
            lock (Writer.Lock)
            {
                return [.. Writer.Slots.Select(slot => slot.State.Owner!.Value)];
            }
        }
    }

    internal LogWriter Writer { get; }

    /// <summary>
    /// The store of one process; to be opened by it. Each call gives another object for the same store, and one of them can be open at a
    /// time: opening a second one is refused until the first is disposed. Then what was written is read again from the disk.
    /// </summary>
    public IRaftStore StoreOf(StoreOwner owner) => new FileStore(this, owner);

    /// <summary>
    /// Does what is queued now, with one write and one sync for each <see cref="StoreOptions.BatchSizeMaxBytes"/>, and tells the listeners.
    /// False: nothing was.
    /// </summary>
    internal bool WriteQueued()
    {
        lock (Writer.Lock)
        {
            var isAny = Writer.WriteQueued();
            return SavePending() | isAny;
        }
    }

    /// <summary>What an idle log does after a while.</summary>
    internal void Seal()
    {
        lock (Writer.Lock)
        {
            Writer.Seal();
        }
    }

    /// <summary>
    /// Finishes what is queued, seals the log, and frees the lock. What stores are asked for afterwards is not done, and nobody is told.
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

        foreach (var store in OpenStores())
        {
            store.StopSaving();
        }

        Writer.Queue.Close();
        _thread?.Join();
        WriteQueued();
        lock (Writer.Lock)
        {
            Writer.Seal();
            foreach (var slot in Writer.Slots)
            {
                Release(slot);
            }

            _files.Dispose();
        }

        _lock?.Dispose();
    }

    private StoreException Refusal(Exception cause) => new(
        $"The stores in {_options.Directory} cannot be opened ({cause.Message.TrimEnd('.')}). See to the disk, and start again.", cause);

    private FileStore[] OpenStores()
    {
        lock (Writer.Lock)
        {
            return [.. Writer.Slots.Select(slot => slot.OpenedBy).OfType<FileStore>()];
        }
    }

    private readonly record struct PendingSave(FileStore Store, Snapshot Snapshot, ReadOnlyMemory<byte> State);
}
