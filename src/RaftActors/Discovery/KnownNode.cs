using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// Another node, as the registry of this one knows it. Its processes are those of the list that its latest connection has brought, with the
/// changes since.
/// </summary>
internal sealed class KnownNode(Address address)
{
    /// <summary>
    /// The most characters of a list, as <see cref="SizeOf(WireMessage.Presence)"/> counts them. A list of 65,536 processes has fewer.
    /// </summary>
    public const long SizeMax = 16 * 1024 * 1024;

    // Roughly the memory of a process or a message without its texts, in characters.
    private const int Overhead = 100;

    // By group, then by name. A node that lies may tell of any number of processes of one group.
    private readonly SortedDictionary<string, Dictionary<ProcessName, LocalProcess>> _byGroup = new(StringComparer.Ordinal);

    // The parts of the list of the latest connection, until it is complete.
    private readonly List<LocalProcess> _parts = [];
    private long _sizeOfParts;
    private long _sizeOfList;
    private long _connection;
    private bool _isComplete;

    public Address Address { get; } = address;

    public IEnumerable<string> Groups => _byGroup.Keys;

    public IEnumerable<LocalProcess> Processes => _byGroup.Values.SelectMany(processes => processes.Values);

    /// <summary>The size of all that is known of the node.</summary>
    public long Size => _sizeOfParts + _sizeOfList;

    /// <summary>A connection of the node is open that has brought a part of its list.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>A connection of the node is open that has brought its list.</summary>
    public bool HasList { get; private set; }

    /// <summary>This node's connection to the other one is open.</summary>
    public bool IsConnected { get; set; }

    /// <summary>The connections of both nodes to each other are open.</summary>
    public bool IsReachable => HasList && IsConnected;

    /// <summary>True: the source names the node. False: the node has connected to this one.</summary>
    public bool IsNamed { get; set; }

    /// <summary>The characters of the names and paths of a message, and some for each process and for the message.</summary>
    public static long SizeOf(WireMessage.Presence told) => Overhead + told.Running.Sum(SizeOf);

    /// <summary>The size of the list or of its parts, together with a message that <see cref="Take"/> has not taken yet.</summary>
    public long SizeWith(long connection, WireMessage.Presence told) =>
        SizeOf(told) + (connection > _connection ? 0 : _isComplete ? _sizeOfList : _sizeOfParts);

    public IReadOnlyCollection<LocalProcess> ProcessesOf(string group) =>
        _byGroup.TryGetValue(group, out var processes) ? processes.Values : [];

    public bool Has(LocalProcess process) => Find(process) == process;

    /// <summary>
    /// Takes a part of the list or a change. Returns the processes that are new or changed, and those that have stopped. Null: the list is
    /// not complete, or a later connection has taken the place of this one.
    /// </summary>
    public (ImmutableArray<LocalProcess> Started, ImmutableArray<LocalProcess> Stopped)? Take(long connection, WireMessage.Presence told)
    {
        if (connection < _connection)
        {
            return null;
        }

        if (connection > _connection)
        {
            (_connection, _isComplete, IsHeard) = (connection, false, true);
            ClearParts();
        }

        if (_isComplete)
        {
            return Change(told.Running, told.Stopped);
        }

        _parts.AddRange(told.Running);
        _sizeOfParts += SizeOf(told);
        if (!told.IsComplete)
        {
            return null;
        }

        // A process that has another engine now is only new, because its restart is no end of it.
        var names = _parts.Select(process => (process.Group, process.Name)).ToHashSet();
        var change = Change(_parts, [.. Processes.Where(process => !names.Contains((process.Group, process.Name)))]);
        (_isComplete, HasList) = (true, true);
        ClearParts();
        return change;
    }

    /// <summary>Notes the end of a connection of the node. Does nothing if a later one has taken its place.</summary>
    public void OnEnded(long connection)
    {
        if (connection >= _connection)
        {
            (_connection, _isComplete, IsHeard, HasList) = (connection, false, false, false);
            ClearParts();
        }
    }

    private static long SizeOf(LocalProcess process) => Overhead + process.Length;

    private (ImmutableArray<LocalProcess> Started, ImmutableArray<LocalProcess> Stopped) Change(
        IEnumerable<LocalProcess> running, ImmutableArray<LocalProcess> stopped)
    {
        ImmutableArray<LocalProcess> ended = [.. stopped.Where(process => Find(process)?.HasEngineOf(process) == true).Distinct()];
        ImmutableArray<LocalProcess> started = [.. running.Where(process => !Has(process)).Distinct()];
        foreach (var process in ended)
        {
            Remove(process);
        }

        foreach (var process in started)
        {
            Remove(process);
            if (!_byGroup.TryGetValue(process.Group, out var group))
            {
                _byGroup.Add(process.Group, group = []);
            }

            group.Add(process.Name, process);
            _sizeOfList += SizeOf(process);
        }

        return (started, ended);
    }

    // The process of this node with the same group and name, or null.
    private LocalProcess? Find(LocalProcess process) => _byGroup.GetValueOrDefault(process.Group)?.GetValueOrDefault(process.Name);

    // Removes the process of this name, which may have another engine.
    private void Remove(LocalProcess process)
    {
        if (_byGroup.TryGetValue(process.Group, out var group) && group.Remove(process.Name, out var gone))
        {
            _sizeOfList -= SizeOf(gone);
            if (group.Count == 0)
            {
                _byGroup.Remove(process.Group);
            }
        }
    }

    private void ClearParts()
    {
        _parts.Clear();
        _sizeOfParts = 0;
    }
}
