using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// The stores of the processes of an actor system. Processes with the same directory share its log and its syncs. A directory opens for
/// its first process and closes with its last one. A disk that hangs delays only the directories on it. Thread-safe.
/// </summary>
internal sealed class OpenStores(ActorSystem system)
{
    private readonly ConcurrentDictionary<string, SharedDirectory> _directories = new(StringComparer.Ordinal);

    // By the directory as the settings spell it. Two spellings of one directory only cost more threads.
    private readonly ConcurrentDictionary<string, StoreOpenings> _openings = new(StringComparer.Ordinal);
    private volatile bool _isEnded;

    /// <summary>Runs an opening on another thread. It waits while many others of its directory run.</summary>
    public void Start(ProcessOpening opening, StoreOptions options)
    {
        var openings = _openings.GetOrAdd(options.Directory, _ => new StoreOpenings());
        if (_isEnded)
        {
            openings.Close();
        }

        openings.Add(opening);
    }

    /// <summary>Drops the openings that wait, and all later ones. Waits for those that run.</summary>
    public void EndOpenings()
    {
        _isEnded = true;
        foreach (var openings in _openings.Values)
        {
            openings.Close();
        }
    }

    /// <summary>Returns the closed store of a process, which opens and closes it. Opens the directory if necessary.</summary>
    /// <param name="spansNodes">The group has, or may get, processes on other nodes.</param>
    /// <exception cref="RaftConfigurationException">
    /// Another process has the directory with other settings, or the directory holds logs of another node.
    /// </exception>
    /// <exception cref="StoreException">The directory cannot be used.</exception>
    public IRaftStore StoreOf(StoreOptions options, StoreOwner owner, bool spansNodes)
    {
        if (options.Directory.Length == 0)
        {
            ReportMemory(owner, spansNodes);
            return new MemoryStore();
        }

        // Full paths are compared, so that one directory has one entry however the settings spell it.
        var path = FullPathOf(options);
        return _directories.GetOrAdd(path, _ => new SharedDirectory()).StoreOf(options with { Directory = path }, owner, WarnIfShared);
    }

    /// <summary>Returns the processes that have a store in a directory.</summary>
    /// <param name="any">A process of this node.</param>
    /// <exception cref="RaftConfigurationException">As <see cref="StoreOf"/>.</exception>
    /// <exception cref="StoreException">As there.</exception>
    public IReadOnlyList<StoreOwner> OwnersIn(StoreOptions options, StoreOwner any)
    {
        // The directory stays open for as long as this store is not disposed.
        using var store = StoreOf(options, any, spansNodes: true);
        return _directories[FullPathOf(options)].Owners;
    }

    private static string FullPathOf(StoreOptions options) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory));

    private void ReportMemory(StoreOwner owner, bool spansNodes)
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

    private void WarnIfShared(StoreOptions options)
    {
        if (options.AllowSharedDirectory)
        {
            system.Log.Warning(
                "raft.store.allow-shared-directory is on for {0}: every user who can write to it can replace the log. Turn it off, or give "
                    + "rights to trusted users only.",
                options.Directory);
        }
    }

    // One directory, open or not. It holds its lock while it reads the log and while it closes, which delays no other directory.
    private sealed class SharedDirectory
    {
        private readonly Lock _lock = new();
        private StoreDirectory? _directory;
        private StoreOptions? _options;

        // Invariant: all logs are of the node of this owner, so a new process is compared with this one alone.
        private StoreOwner _first;
        private int _users;

        public IReadOnlyList<StoreOwner> Owners
        {
            get
            {
                lock (_lock)
                {
                    return _directory?.Owners ?? [];
                }
            }
        }

        public IRaftStore StoreOf(StoreOptions options, StoreOwner owner, Action<StoreOptions> beforeOpening)
        {
            lock (_lock)
            {
                if (_directory is null)
                {
                    beforeOpening(options);
                    (_directory, _options) = (Machine.Current.OpenDirectory(options), options);
                    _first = _directory.Owners.FirstOrDefault(other => other.Name.Node != owner.Name.Node, owner);
                }

                DemandSameNode(_directory, options, owner);
                if (_options != options)
                {
                    throw new RaftConfigurationException(
                        $"{owner} names the directory {options.Directory} with other settings in raft.store than a process before it. "
                        + "Processes that share a directory share its settings; give one of them another directory, or the same settings.");
                }

                _users++;
                return _directory.StoreOf(owner, Leave);
            }
        }

        // Such a directory is a copy or a mistake. The process would start with an empty log beside those of the other node.
        private void DemandSameNode(StoreDirectory directory, StoreOptions options, StoreOwner owner)
        {
            if (_first.Name.Node == owner.Name.Node)
            {
                return;
            }

            if (_users == 0)
            {
                _directory = null;
                directory.Dispose();
            }

            throw new RaftConfigurationException(
                $"{owner} cannot use the directory {options.Directory}: it holds the log of {_first}, a process of another node. Give "
                + $"{owner} a directory of its own, which may be empty, or correct raft.node.");
        }

        private void Leave()
        {
            lock (_lock)
            {
                if (--_users == 0)
                {
                    var closing = _directory;
                    _directory = null;
                    closing?.Dispose();
                }
            }
        }
    }
}
