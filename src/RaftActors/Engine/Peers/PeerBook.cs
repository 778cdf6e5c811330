using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The processes of the group that this one has met: their engines, and whether they are reachable. Any process may send a message under
/// any name, so those that no configuration names are bounded. Such a one is forgotten when another needs its place and it is unreachable.
/// </summary>
internal sealed class PeerBook(RaftProcess process)
{
    /// <summary>The most processes that no configuration names. Further ones are not met until one of them is unreachable.</summary>
    public const int UnnamedMax = Roster.UnknownMax;

    private readonly Dictionary<ProcessName, Known> _known = [];

    /// <summary>The processes that the configurations of the group name. They are met in any case, and never forgotten.</summary>
    public ImmutableArray<ProcessName> Named { get; set; } = [];

    /// <summary>The engine, reachable or not; null if the process was never met.</summary>
    public IActorRef? Find(ProcessName name) => _known.GetValueOrDefault(name)?.Engine;

    /// <summary>The engine if it is believed reachable; otherwise null.</summary>
    public IActorRef? FindReachable(ProcessName name) =>
        _known.GetValueOrDefault(name) is { IsReachable: true } known ? known.Engine : null;

    /// <summary>
    /// The engine if it is believed reachable, its node is not about to stop, and it is of this group; otherwise null. For requests.
    /// </summary>
    public IActorRef? FindServing(ProcessName name) =>
        _known.GetValueOrDefault(name) is { IsReachable: true, IsLeaving: false, IsOfOther: false } known ? known.Engine : null;

    /// <summary>The node of the latest engine of this name said that it stops.</summary>
    public bool IsLeaving(ProcessName name) => _known.GetValueOrDefault(name) is { IsLeaving: true };

    /// <summary>The processes on other nodes whose engines take requests.</summary>
    public IEnumerable<ProcessName> ServingElsewhere => _known
        .Where(each => each.Value is { IsReachable: true, IsLeaving: false } && each.Key.Node != process.Name.Node)
        .Select(each => each.Key)
        .Order();

    /// <summary>The processes that were met, reachable or not.</summary>
    public IEnumerable<ProcessName> Names => _known.Keys;

    /// <summary>The raft actor of the process, as its engine last said; null: none is known.</summary>
    public IActorRef? ActorOf(ProcessName name) => _known.GetValueOrDefault(name)?.Actor;

    /// <summary>The process is believed reachable on another node than this engine's.</summary>
    public bool IsReachableElsewhere(ProcessName name, IActorRef engine) =>
        FindReachable(name) is { } known && !known.Path.Address.Equals(engine.Path.Address);

    /// <summary>
    /// Records the engine of a process, which is reachable. True: this was news. False also if there is no room for the process, because
    /// too many that no configuration names are reachable: then <see cref="Find"/> returns null.
    /// </summary>
    /// <param name="forgotten">The process that gave its place up; null: none did.</param>
    public bool Learn(ProcessName name, IActorRef engine, out ProcessName? forgotten)
    {
        forgotten = null;
        var before = _known.GetValueOrDefault(name);
        var isSame = before is not null && before.Engine.Equals(engine);
        if (name == process.Name || (isSame && before!.IsReachable)) // Justification: isSame says that there is one.
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

    /// <summary>The node of that engine is about to stop. A later engine of the name is not affected.</summary>
    public void MarkLeaving(ProcessName name, IActorRef engine)
    {
        if (_known.GetValueOrDefault(name) is { } known && known.Engine.Equals(engine))
        {
            _known[name] = known with { IsLeaving = true };
        }
    }

    /// <summary>The latest engine of this name belongs to another group of the same name.</summary>
    public void MarkOfOther(ProcessName name)
    {
        if (_known.GetValueOrDefault(name) is { } known)
        {
            _known[name] = known with { IsOfOther = true };
        }
    }

    /// <summary>Records reachability. True: this was news. False also if the process has restarted on another node since.</summary>
    public bool Mark(ProcessName name, Address node, bool isReachable)
    {
        if (_known.GetValueOrDefault(name) is not { } known
            || known.IsReachable == isReachable
            || !known.Engine.Path.Address.Equals(node))
        {
            return false;
        }

        _known[name] = known with { IsReachable = isReachable };
        return true;
    }

    /// <summary>Records that an engine has stopped. True: this was news. False also if the process has another engine by now.</summary>
    public bool MarkStopped(ProcessName name, IActorRef engine)
    {
        if (_known.GetValueOrDefault(name) is not { IsReachable: true } known || !known.Engine.Equals(engine))
        {
            return false;
        }

        _known[name] = known with { IsReachable = false };
        return true;
    }

    /// <summary>The program of the process, as its engine last said; null: it has said nothing.</summary>
    public RaftProgram? ProgramOf(ProcessName name) => _known.GetValueOrDefault(name)?.Program;

    /// <summary>Records the raft actor and the program that a process's engine announces. True: this was news.</summary>
    /// <param name="actor">Null: it has none.</param>
    public bool LearnActor(ProcessName name, IActorRef engine, IActorRef? actor, RaftProgram program)
    {
        if (_known.GetValueOrDefault(name) is not { } known || !known.Engine.Equals(engine)
            || (Equals(known.Actor, actor) && known.Program == program))
        {
            return false;
        }

        _known[name] = known with { Actor = actor, Program = program };
        return true;
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

        public bool IsLeaving { get; init; }

        public bool IsOfOther { get; init; }
    }
}
