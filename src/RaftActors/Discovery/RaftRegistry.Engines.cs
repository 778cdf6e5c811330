using System.Collections.Immutable;

using Akka;
using Akka.Actor;

using RaftActors.Engine;

namespace RaftActors.Discovery;

/// <content>The engines of this node: their start, their end, and the wait until all of them may stop.</content>
internal sealed partial class RaftRegistry
{
    // Engines that are not ready to stop yet, and the asker that waits for them.
    private readonly HashSet<IActorRef> _unprepared = [];
    private IActorRef? _stopper;

    private static IActorRef SupervisorOf(string group)
    {
        var name = Uri.EscapeDataString(group);
        var supervisor = Context.Child(name);
        return supervisor.IsNobody() ? Context.ActorOf(Props.Create(() => new EngineSupervisor()), name) : supervisor;
    }

    // A later life of an actor opens nothing: its engine runs on.
    private void OnOpening(EngineNews.Opening opening)
    {
        if (!_local.Of(opening.Group).Any())
        {
            _opening.Add(opening.Group);
        }
    }

    private void OnEngineStarted(EngineNews.Started started)
    {
        var process = started.Process;
        var group = process.Settings.Group;
        _opening.Remove(group);
        foreach (var (name, other) in _local.Of(group))
        {
            other.Tell(new PeerNews.Found(process.Name, Sender));
            Sender.Tell(new PeerNews.Found(name, other));
        }

        var isFirst = _local.IsEmpty;
        _local.Add(group, process.Name, Sender);

        // Before the engine greets, as the answer to a Hello. Otherwise the other node could hear of the first engine by its greeting
        // alone, and nobody there would report it if this node fell silent before its Hello.
        TellListSoon(isFirst);
        foreach (var node in _nodes.All)
        {
            Introduce(node, Sender, group);
        }
    }

    // The processes of its group would wait for it otherwise: this node runs on.
    private void OnEngineStopped(EngineNews.Stopped stopped)
    {
        var process = stopped.Process;
        var group = process.Settings.Group;
        if (_local.Remove(group, process.Name) is { } engine)
        {
            _watch.Forget(group, process.Name);
            Tell(group, new PeerNews.Stopped(process.Name, engine));
            TellListSoon(atOnce: false);
        }

        _ = TryReadSource(stopped);
    }

    private void TellListSoon(bool atOnce)
    {
        foreach (var node in _nodes.All)
        {
            (node.HasAnswered, node.HasLatestList) = (false, false);
        }

        GreetSoon(atOnce);
    }

    private void OnEngineNames(EngineNews.Names names)
    {
        _watch.OnNames(names, Now);
        _ = TryReadSource(names);
        TellNamed();
    }

    private void OnPrepareStop()
    {
        _stopper = Sender;
        foreach (var (_, _, local) in _local.All)
        {
            // An engine that has failed answers by its Terminated.
            _unprepared.Add(Context.Watch(local));
            local.Tell(new PrepareStop(), Self);
        }

        TellIfPrepared();
    }

    private void OnPrepared(IActorRef engine)
    {
        _unprepared.Remove(engine);
        TellIfPrepared();
    }

    private void TellIfPrepared()
    {
        if (_unprepared.Count == 0)
        {
            _stopper?.Tell(Done.Instance, Self);
            _stopper = null;
        }
    }
}
