using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>Another node, as the registry of this one knows it.</summary>
internal sealed class KnownNode(Address address)
{
    private ILookup<string, LocalProcess> _byGroup = Array.Empty<LocalProcess>().ToLookup(process => process.Group);

    public Address Address { get; } = address;

    /// <summary>The processes that it has told of.</summary>
    public ImmutableArray<LocalProcess> Processes { get; private set; } = [];

    /// <summary>Collects a list of processes that comes in parts.</summary>
    public HelloParts Parts { get; } = new();

    /// <summary>Those of one group.</summary>
    public IEnumerable<LocalProcess> ProcessesOf(string group) => _byGroup[group];

    /// <summary>The node tells of these processes, and of no other. Returns those that it told of before: they have stopped.</summary>
    public IReadOnlyList<LocalProcess> Replace(ImmutableArray<LocalProcess> processes)
    {
        var byGroup = processes.ToLookup(process => process.Group, StringComparer.Ordinal);
        IReadOnlyList<LocalProcess> stopped =
        [
            .. Processes.Where(before => byGroup[before.Group].All(process => process.Name != before.Name)),
        ];
        (Processes, _byGroup) = (processes, byGroup);
        return stopped;
    }

    /// <summary>A message came from the node, and its connection has not ended since.</summary>
    public bool IsReachable { get; set; }

    /// <summary>True: the source names the node. False: the node sent a Hello.</summary>
    public bool IsNamed { get; set; }

    /// <summary>Time of its latest Hello, by the scheduler's clock.</summary>
    public TimeSpan HeardAt { get; set; }

    /// <summary>Time of the latest Hello to it, by the scheduler's clock.</summary>
    public TimeSpan GreetedAt { get; set; }

    /// <summary>The latest Hello to it has our list as it is now. An answer that comes earlier is to an earlier list.</summary>
    public bool HasLatestList { get; set; }

    /// <summary>The node has answered since our list last changed. Until then it gets Hellos.</summary>
    public bool HasAnswered { get; set; }
}
