using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node, as the registry of this one knows it.</summary>
internal sealed class KnownNode(Address address)
{
    // By group, then by name. A node that lies may tell of any number of processes of one group.
    private readonly SortedDictionary<string, Dictionary<ProcessName, LocalProcess>> _byGroup = new(StringComparer.Ordinal);

    // Ordered by the time of the stop. Their size is bounded: a node that reported ever new names and dropped them would otherwise fill
    // the memory. The oldest reports are dropped first.
    private readonly List<(LocalProcess Process, TimeSpan At)> _stopped = [];
    private long _sizeOfStopped;

    public Address Address { get; } = address;

    public IEnumerable<string> Groups => _byGroup.Keys;

    public IEnumerable<LocalProcess> Processes => _byGroup.Values.SelectMany(processes => processes.Values);

    /// <summary>The number of the list that <see cref="Processes"/> holds, or <c>default</c> before the first one.</summary>
    public ListNumber List { get; private set; }

    /// <summary>The size of <see cref="Processes"/>, as <see cref="HelloParts.SizeOf(LocalProcess)"/> counts it.</summary>
    public long SizeOfList { get; private set; }

    public HelloParts Parts { get; } = new();

    /// <summary>The size of all that is known of the node, as <see cref="HelloParts.SizeOf(LocalProcess)"/> counts it.</summary>
    public long Size => Parts.Size + SizeOfList + _sizeOfStopped;

    public IReadOnlyCollection<LocalProcess> ProcessesOf(string group) =>
        _byGroup.TryGetValue(group, out var processes) ? processes.Values : [];

    public bool Has(LocalProcess process) => Find(process) == process;

    /// <summary>The processes that the node reported earlier and reports no more, because they have stopped.</summary>
    public IEnumerable<LocalProcess> Stopped => _stopped.Select(each => each.Process);

    /// <summary>
    /// Takes the processes of a Hello: the whole list, or those that the node has started since an earlier list. Returns the processes
    /// that are new to this node, or null if the Hello builds on a list that this node does not have.
    /// </summary>
    /// <param name="processes">The processes of all its parts.</param>
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

    public void ForgetStopped(TimeSpan before)
    {
        if (_stopped.RemoveAll(each => each.At < before) > 0)
        {
            BoundStopped();
        }
    }

    // The process of this node with the same group and name, or null.
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

    /// <summary>True from a message of the node until the end of its connection.</summary>
    public bool IsReachable { get; set; }

    /// <summary>True: the source names the node. False: the node sent a Hello.</summary>
    public bool IsNamed { get; set; }

    /// <summary>Time of the latest Hello of the node, or of a part of one, by the scheduler's clock.</summary>
    public TimeSpan HeardAt { get; set; }

    /// <summary>
    /// The number of our list that the node has, or null if it has none or does not say. The registry repeats its Hello until that is the
    /// present list.
    /// </summary>
    public long? HasList { get; set; }
}
