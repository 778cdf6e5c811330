using Akka;
using Akka.Actor;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <content>The engines of this node: their start, their end, and the wait until all of them may stop.</content>
internal sealed partial class RaftRegistry
{
    // Engines that are not ready to stop yet, and the actor that waits for them.
    private readonly HashSet<IActorRef> _unprepared = [];
    private IActorRef? _stopper;

    private static IActorRef SupervisorOf(string group)
    {
        var name = Uri.EscapeDataString(group);
        var supervisor = Context.Child(name);
        return supervisor.IsNobody() ? Context.ActorOf(Props.Create(() => new EngineSupervisor()), name) : supervisor;
    }

    // A restarted actor finds its engine still running, so it opens no store.
    private void OnOpening(EngineNews.Opening opening)
    {
        var (group, name) = opening.Place;
        if (!_local.Of(group).Any(local => local.Key == name))
        {
            _opening[group] = [.. _opening.GetValueOrDefault(group, []), name];
        }
    }

    private void EndOpening(ProcessPlace place)
    {
        if (_opening.TryGetValue(place.Group, out var names) && names.Remove(place.Name) && names.Count == 0)
        {
            _opening.Remove(place.Group);
        }
    }

    private void OnEngineStarted(EngineNews.Started started)
    {
        var process = started.Process;
        var group = process.Settings.Group;
        EndOpening(new ProcessPlace(group, process.Name));
        foreach (var (name, other) in _local.Of(group))
        {
            other.Tell(new PeerNews.Found(process.Name, Sender));
            Sender.Tell(new PeerNews.Found(name, other));
        }

        _local.Add(group, process.Name, Sender);

        // The other nodes hear of the engine before it greets its peers. Otherwise their registries could not report it as unreachable if
        // this node died at once.
        _network?.Tell(new WireMessage.Presence([ToTell(group, process.Name, Sender)], [], IsComplete: true));
        foreach (var node in _nodes.All)
        {
            Connect(node);
            if (node.IsReachable)
            {
                Introduce(node, Sender, group);
            }
        }
    }

    // Tells the other processes of the group, which would otherwise wait for a process whose node still runs.
    private void OnEngineStopped(EngineNews.Stopped stopped)
    {
        var process = stopped.Process;
        var group = process.Settings.Group;
        if (_local.Remove(group, process.Name) is { } engine)
        {
            _watch.Forget(group, process.Name);
            Tell(group, new PeerNews.Stopped(process.Name, engine));
            _network?.Tell(new WireMessage.Presence([], [ToTell(group, process.Name, engine)], IsComplete: true));
        }

        _ = TryReadSource(stopped);
    }

    private void OnEngineNames(EngineNews.Names names)
    {
        _watch.OnNames(names, Now);
        _ = TryReadSource(names);
        TellNamed();
    }

    private LocalProcess ToTell(string group, ProcessName name, IActorRef engine) =>
        new(group, name, engine.Path.ToSerializationFormatWithAddress(_own));

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
