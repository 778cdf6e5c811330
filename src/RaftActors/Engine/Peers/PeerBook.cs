using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The processes of the group that this one has met: their engines, and whether they are reachable. Any process may send a message under
/// any name, so the number of those that no configuration names is bounded. Such a process is forgotten when it is unreachable and another
/// one needs its place.
/// </summary>
internal sealed class PeerBook(RaftProcess process)
{
    /// <summary>The most processes that no configuration names. Further ones are not met until one of them is unreachable.</summary>
    public const int UnnamedMax = Roster.UnknownMax;

    private readonly Dictionary<ProcessName, Known> _known = [];

    /// <summary>The processes that the configurations of the group name. They always have a place, and are never forgotten.</summary>
    public ImmutableArray<ProcessName> Named { get; set; } = [];

    /// <summary>Returns the engine, reachable or not, or null if the process was never met.</summary>
    public IActorRef? Find(ProcessName name) => _known.GetValueOrDefault(name)?.Engine;

    /// <summary>Returns the engine if it is believed reachable, otherwise null.</summary>
    public IActorRef? FindReachable(ProcessName name) =>
        _known.GetValueOrDefault(name) is { IsReachable: true } known ? known.Engine : null;

    /// <summary>
    /// Returns the engine that requests may go to, or null if it is unreachable, its node is about to stop, or it is of another group.
    /// </summary>
    public IActorRef? FindServing(ProcessName name) =>
        _known.GetValueOrDefault(name) is { IsReachable: true, IsLeaving: false, IsOfOther: false } known ? known.Engine : null;

    /// <summary>The process is a member and not in reach. Its node may run.</summary>
    public bool IsIdle(ProcessName name) => Named.Contains(name) && FindReachable(name) is null;

    /// <summary>The node of the latest engine of this name has announced its stop.</summary>
    public bool IsLeaving(ProcessName name) => _known.GetValueOrDefault(name) is { IsLeaving: true };

    /// <summary>The processes on other nodes that requests may go to.</summary>
    public IEnumerable<ProcessName> ServingElsewhere => _known
        .Where(each => each.Value is { IsReachable: true, IsLeaving: false } && each.Key.Node != process.Name.Node)
        .Select(each => each.Key)
        .Order();

    public IEnumerable<ProcessName> Names => _known.Keys;

    /// <summary>Returns the raft actor of a process, as discovery last told it, or null.</summary>
    public IActorRef? ActorOf(ProcessName name) => _known.GetValueOrDefault(name)?.Actor;

    /// <summary>Tells whether the process is believed reachable on another node than this engine's.</summary>
    public bool IsReachableElsewhere(ProcessName name, IActorRef engine) =>
        FindReachable(name) is { } known && !known.Path.Address.Equals(engine.Path.Address);

    /// <summary>
    /// Records the engine of a reachable process. Returns true if it is news. If too many processes that no configuration names are
    /// reachable, records nothing, and <see cref="Find"/> returns null.
    /// </summary>
    /// <param name="forgotten">The process that has lost its place, or null.</param>
    public bool Learn(ProcessName name, IActorRef engine, out ProcessName? forgotten)
    {
        forgotten = null;
        var before = _known.GetValueOrDefault(name);
        var isSame = before is not null && before.Engine.Equals(engine);
        if (name == process.Name || (isSame && (before!.IsReachable || before.HasStopped))) // Justification: isSame says that there is one.
        {
            return false;
        }

        if (before is null && !TryMakeRoomFor(name, out forgotten))
        {
            return false;
        }

        _known[name] = isSame ? before! with { IsReachable = true } : new Known(engine);
        return true;
    }

    /// <summary>Records that discovery lists an engine, which has not stopped then.</summary>
    public void MarkRunning(ProcessName name, IActorRef engine) =>
        Update(name, known => known.Engine.Equals(engine) ? known with { HasStopped = false } : known);

    /// <summary>Records that the node of an engine is about to stop. Does not affect a later engine of that name.</summary>
    public void MarkLeaving(ProcessName name, IActorRef engine) =>
        Update(name, known => known.Engine.Equals(engine) ? known with { IsLeaving = true } : known);

    /// <summary>Records that the latest engine of a name belongs to another group of the same name.</summary>
    public void MarkOfOther(ProcessName name) => Update(name, known => known with { IsOfOther = true });

    /// <summary>
    /// Records that a node is unreachable. Returns true if it is news, and false also if the process has moved to another node since.
    /// </summary>
    public bool MarkUnreachable(ProcessName name, Address node) =>
        Update(name, known => known.Engine.Path.Address.Equals(node) ? known with { IsReachable = false } : known);

    /// <summary>
    /// Records the stop of an engine, whose late messages do not make it reachable again. Returns true if it was reachable, and false also
    /// if the process has another engine by now.
    /// </summary>
    public bool MarkStopped(ProcessName name, IActorRef engine)
    {
        var wasReachable = FindReachable(name) is not null;
        return Update(name, known => known.Engine.Equals(engine) ? known with { IsReachable = false, HasStopped = true } : known)
            && wasReachable;
    }

    /// <summary>Returns the program of a process, or null if discovery has not told it.</summary>
    public RaftProgram? ProgramOf(ProcessName name) => _known.GetValueOrDefault(name)?.Program;

    /// <summary>Records the raft actor and program of a process. Returns true if they are news.</summary>
    public bool LearnActor(ProcessName name, IActorRef? actor, RaftProgram program) =>
        Update(name, known => known with { Actor = actor, Program = program });

    // Returns true if it is a change.
    private bool Update(ProcessName name, Func<Known, Known> change)
    {
        if (_known.GetValueOrDefault(name) is not { } known)
        {
            return false;
        }

        _known[name] = change(known);
        return _known[name] != known;
    }

    private bool TryMakeRoomFor(ProcessName name, out ProcessName? forgotten)
    {
        forgotten = null;
        if (_known.Count < UnnamedMax || Named.Contains(name))
        {
            return true;
        }

        ProcessName[] unnamed = [.. _known.Keys.Except(Named)];
        if (unnamed.Length < UnnamedMax)
        {
            return true;
        }

        var gone = Array.FindIndex(unnamed, name => !_known[name].IsReachable);
        if (gone < 0)
        {
            return false;
        }

        forgotten = unnamed[gone];
        return _known.Remove(unnamed[gone]);
    }

    private sealed record Known(IActorRef Engine)
    {
        public IActorRef? Actor { get; init; }

        public RaftProgram? Program { get; init; }

        public bool IsReachable { get; init; } = true;

        public bool HasStopped { get; init; }

        public bool IsLeaving { get; init; }

        public bool IsOfOther { get; init; }
    }
}
