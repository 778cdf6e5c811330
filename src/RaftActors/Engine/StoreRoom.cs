using System.Globalization;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// The stores of an actor system's processes. Those that name the same directory share it: one log, and one sync for all that waits. It is
/// opened for the first of them and closed with the last.
/// </summary>
internal sealed class StoreRoom(ActorSystem system)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Shared> _directories = new(StringComparer.Ordinal);

    /// <summary>A process's store, to be opened by it.</summary>
    /// <param name="spansNodes">Whether the group has processes on other nodes.</param>
    /// <exception cref="RaftConfigurationException">Another process has the directory with other settings.</exception>
    /// <exception cref="StoreException">The directory cannot be used.</exception>
    public IRaftStore StoreOf(StoreOptions options, StoreOwner owner, bool spansNodes)
    {
        if (options.Directory.Length == 0)
        {
            TellOfMemory(owner, spansNodes);
            return new MemoryStore();
        }

        // However it is written, it is the same directory.
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory));
        options = options with { Directory = path };
        lock (_lock)
        {
            if (!_directories.TryGetValue(path, out var shared))
            {
                WarnIfUnsafe(options);
                shared = new Shared(options, StoreDirectory.Open(options));
                _directories.Add(path, shared);
            }

            if (shared.Options != options)
            {
                throw new RaftConfigurationException(
                    $"{owner} names the directory {options.Directory} with other settings in raft.store than a process before it. "
                    + "Processes that share a directory share its settings; give one of them another directory, or the same settings.");
            }

            return shared.Add(path, owner, this);
        }
    }

    private void TellOfMemory(StoreOwner owner, bool spansNodes)
    {
        if (spansNodes)
        {
            system.Log.Warning(
                "{0} keeps its log in memory, because raft.store.directory is empty. A group whose majority restarts loses committed "
                + "pairs. Set raft.store.directory.",
                owner);
        }
        else
        {
            system.Log.Info("{0} keeps its log in memory, because raft.store.directory is empty: it is lost when this node stops.", owner);
        }
    }

    private void WarnIfUnsafe(StoreOptions options)
    {
        if (options.Sync != SyncPolicy.Always)
        {
            system.Log.Warning(
                "raft.store.sync is {0} for {1}: a power cut loses pairs that were acknowledged, and votes. Set it to always.",
                options.Sync.ToString().ToLower(CultureInfo.InvariantCulture),
                options.Directory);
        }
    }

    // Holds the lock through Dispose, so that a concurrent open waits instead of failing.
    private void Leave(string path, Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Users == 0)
            {
                _directories.Remove(path);
                shared.Directory.Dispose();
            }
        }
    }

    private sealed class Shared(StoreOptions options, StoreDirectory directory)
    {
        public StoreOptions Options { get; } = options;

        public StoreDirectory Directory { get; } = directory;

        public int Users { get; set; }

        public IRaftStore Add(string path, StoreOwner owner, StoreRoom room)
        {
            Users++;
            return new SharedStore(Directory.StoreOf(owner), () => room.Leave(path, this));
        }
    }

    // The directory is left when the store is closed.
    private sealed class SharedStore(IRaftStore store, Action leave) : IRaftStore
    {
        public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener) => store.Open(owner, preload, listener);

        public bool Write(Effect.Write write) => store.Write(write);

        public void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state) => store.SaveSnapshot(snapshot, state);

        public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
            store.ReadSnapshot(position, offset, limit);

        public void Dispose()
        {
            try
            {
                store.Dispose();
            }
            finally
            {
                leave();
            }
        }
    }
}
