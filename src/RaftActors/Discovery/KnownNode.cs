using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node, as the registry of this one knows it.</summary>
internal sealed class KnownNode(Address address)
{
    // By group, then by name. A node that lies may tell of any number of processes of one group.
    private readonly SortedDictionary<string, Dictionary<ProcessName, LocalProcess>> _byGroup = new(StringComparer.Ordinal);

    // In the order of their ends. They and the list are bounded together: without an end to the names that a node tells of and drops again,
    // the oldest reports of a stop are no longer repeated.
    private readonly List<(LocalProcess Process, TimeSpan At)> _stopped = [];
    private long _sizeOfStopped;

    public Address Address { get; } = address;

    /// <summary>The processes that it has told of.</summary>
    public IEnumerable<LocalProcess> Processes => _byGroup.Values.SelectMany(processes => processes.Values);

    /// <summary>The list that these processes are; <c>default</c>: it has told of none yet.</summary>
    public ListNumber List { get; private set; }

    /// <summary>The size of this list, as <see cref="HelloParts.SizeOf(LocalProcess)"/> counts it.</summary>
    public long SizeOfList { get; private set; }

    /// <summary>Collects a list of processes that comes in parts.</summary>
    public HelloParts Parts { get; } = new();

    /// <summary>The size of all that is known of the node, as <see cref="HelloParts.SizeOf(LocalProcess)"/> counts it.</summary>
    public long Size => Parts.Size + SizeOfList + _sizeOfStopped;

    /// <summary>Those of one group.</summary>
    public IReadOnlyCollection<LocalProcess> ProcessesOf(string group) =>
        _byGroup.TryGetValue(group, out var processes) ? processes.Values : [];

    /// <summary>The node has told of this process.</summary>
    public bool Has(LocalProcess process) => Find(process) == process;

    /// <summary>Those that have stopped lately: the node told of them, and does so no more.</summary>
    public IEnumerable<LocalProcess> Stopped => _stopped.Select(each => each.Process);

    /// <summary>
    /// Takes what a Hello of the node tells of: all its processes, or those that it started since a list. Returns those that it did not
    /// tell of before. Null: this node does not have that list.
    /// </summary>
    /// <param name="processes">Those of all parts of the Hello.</param>
    public ImmutableArray<LocalProcess>? Take(WireMessage.Hello hello, ImmutableArray<LocalProcess> processes, TimeSpan now)
    {
        if (hello.Since is { } since && (hello.List.Registry != List.Registry || since > List.Number))
        {
            return null;
        }

        ImmutableArray<LocalProcess> added = [.. processes.Where(process => !Has(process)).Distinct()];
        List = hello.List;
        if (hello.Since is null)
        {
            var names = processes.Select(process => (process.Group, process.Name)).ToHashSet();
            foreach (var gone in Processes.Where(process => !names.Contains((process.Group, process.Name))).ToArray())
            {
                Remove(gone);
                _stopped.Add((gone, now));
            }
        }

        foreach (var process in added)
        {
            Remove(process);
            if (!_byGroup.TryGetValue(process.Group, out var group))
            {
                _byGroup.Add(process.Group, group = []);
            }

            group.Add(process.Name, process);
            SizeOfList += HelloParts.SizeOf(process);
        }

        _stopped.RemoveAll(each => Find(each.Process) is not null);
        BoundStopped();
        return added;
    }

    /// <summary>Those that stopped before this time did not do so lately.</summary>
    public void ForgetStopped(TimeSpan before)
    {
        if (_stopped.RemoveAll(each => each.At < before) > 0)
        {
            BoundStopped();
        }
    }

    // The process that the node tells of with the group and name of this one; null: none.
    private LocalProcess? Find(LocalProcess process) => _byGroup.GetValueOrDefault(process.Group)?.GetValueOrDefault(process.Name);

    private void Remove(LocalProcess process)
    {
        if (_byGroup.TryGetValue(process.Group, out var group) && group.Remove(process.Name, out var gone))
        {
            SizeOfList -= HelloParts.SizeOf(gone);
            if (group.Count == 0)
            {
                _byGroup.Remove(process.Group);
            }
        }
    }

    private void BoundStopped()
    {
        _sizeOfStopped = _stopped.Sum(each => HelloParts.SizeOf(each.Process));
        var tooMany = 0;
        while (_sizeOfStopped > HelloParts.SizeMax)
        {
            _sizeOfStopped -= HelloParts.SizeOf(_stopped[tooMany++].Process);
        }

        _stopped.RemoveRange(0, tooMany);
    }

    /// <summary>A message came from the node, and its connection has not ended since.</summary>
    public bool IsReachable { get; set; }

    /// <summary>True: the source names the node. False: the node sent a Hello.</summary>
    public bool IsNamed { get; set; }

    /// <summary>Time of its latest Hello, or of a part of one, by the scheduler's clock.</summary>
    public TimeSpan HeardAt { get; set; }

    /// <summary>Time of the latest Hello to it, by the scheduler's clock.</summary>
    public TimeSpan GreetedAt { get; set; }

    /// <summary>The latest Hello to it has our list as it is now. An answer that comes earlier is to an earlier list.</summary>
    public bool HasLatestList { get; set; }

    /// <summary>The number of our list that it has. Null: it has none, or does not tell.</summary>
    public long? HasList { get; set; }

    /// <summary>The node has answered since our list last changed. Until then it gets Hellos.</summary>
    public bool HasAnswered { get; set; }
}
