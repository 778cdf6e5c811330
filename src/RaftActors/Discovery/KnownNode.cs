using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node, as the registry of this one knows it.</summary>
internal sealed class KnownNode(Address address)
{
    private ILookup<string, LocalProcess> _byGroup = Array.Empty<LocalProcess>().ToLookup(process => process.Group);

    // In the order of their ends. They and the list are bounded together: without an end to the names that a node tells of and drops again,
    // the oldest reports of a stop are no longer repeated.
    private readonly List<(LocalProcess Process, TimeSpan At)> _stopped = [];
    private long _sizeOfList;
    private long _sizeOfStopped;

    public Address Address { get; } = address;

    /// <summary>The processes that it has told of.</summary>
    public ImmutableArray<LocalProcess> Processes { get; private set; } = [];

    /// <summary>Collects a list of processes that comes in parts.</summary>
    public HelloParts Parts { get; } = new();

    /// <summary>The size of all that is known of the node, as <see cref="HelloParts.SizeOf(LocalProcess)"/> counts it.</summary>
    public long Size => Parts.Size + _sizeOfList + _sizeOfStopped;

    /// <summary>Those of one group.</summary>
    public IEnumerable<LocalProcess> ProcessesOf(string group) => _byGroup[group];

    /// <summary>Those that have stopped lately: the node told of them, and does so no more.</summary>
    public IEnumerable<LocalProcess> Stopped => _stopped.Select(each => each.Process);

    /// <summary>The node tells of these processes, and of no other. Returns those that it did not tell of before.</summary>
    public ImmutableArray<LocalProcess> Replace(ImmutableArray<LocalProcess> processes, TimeSpan now)
    {
        ImmutableArray<LocalProcess> added = [.. processes.Except(Processes)];
        var byGroup = processes.ToLookup(process => process.Group, StringComparer.Ordinal);
        bool IsGone(LocalProcess before) => byGroup[before.Group].All(process => process.Name != before.Name);

        _stopped.RemoveAll(each => !IsGone(each.Process));
        _stopped.AddRange(Processes.Where(IsGone).Select(process => (process, now)));
        (Processes, _byGroup) = (processes, byGroup);
        _sizeOfList = processes.Sum(HelloParts.SizeOf);
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

    /// <summary>The node has answered since our list last changed. Until then it gets Hellos.</summary>
    public bool HasAnswered { get; set; }
}
