using Akka;
using Akka.Actor;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <content>The engines of this node: their start, their end, and the wait until all of them may stop.</content>
internal sealed partial class RaftRegistry
{
    private readonly RegistryLife _life = new();

    // Engines that are not ready to stop yet, and the actor that waits for them.
    private readonly HashSet<IActorRef> _unprepared = [];
    private IActorRef? _stopper;

    private IActorRef SupervisorOf(string group)
    {
        var name = Uri.EscapeDataString(group);
        var supervisor = Context.Child(name);
        return supervisor.IsNobody() ? Context.ActorOf(Props.Create(() => new EngineSupervisor(_life)), name) : supervisor;
    }

    // A restarted actor finds its engine still running, so it opens no store.
    private void OnOpening(EngineNews.Opening opening)
    {
        var (group, name) = opening.Place;
        if (_local.Find(group, name) is null)
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
        var path = Sender.Path.ToSerializationFormatWithAddress(_own);
        LocalEngine engine = new(Sender, new LocalProcess(group, process.Name, path) { Program = process.Settings.Program });
        foreach (var other in _local.Of(group))
        {
            other.Ref.Tell(Found(engine));
            Sender.Tell(Found(other));
        }

        _local.Set(engine);

        // The other nodes hear of the engine before it greets its peers. Otherwise their registries could not report it as unreachable if
        // this node died at once.
        _network?.Tell(new WireMessage.Presence([engine.Process], [], IsComplete: true));
        foreach (var node in _nodes.All)
        {
            Connect(node);
            if (node.IsReachable)
            {
                Introduce(node, Sender, group);
            }
        }
    }

    private void OnActorChanged(EngineNews.ActorChanged changed)
    {
        var path = changed.Actor?.Path.ToSerializationFormatWithAddress(_own) ?? "";
        if (_local.Find(changed.Process.Settings.Group, changed.Process.Name) is not { } before || before.Process.Actor == path)
        {
            return;
        }

        var engine = before with { Process = before.Process with { Actor = path } };
        _local.Set(engine);
        _network?.Tell(new WireMessage.Presence([engine.Process], [], IsComplete: true));
        foreach (var other in _local.Of(engine.Process.Group).Where(other => other != engine))
        {
            other.Ref.Tell(Found(engine));
        }
    }

    // The message of a process has come before the news of its node, or the engine did not take these.
    private void OnMet(EngineNews.Met met)
    {
        foreach (var process in _nodes.All.Where(node => node.HasList).SelectMany(node => node.ProcessesOf(met.Process.Settings.Group)))
        {
            if (process.Name == met.Name && Found(process) is var found && found.Engine.Equals(met.Engine))
            {
                Sender.Tell(found);
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
            Tell(group, new PeerNews.Stopped(process.Name, engine.Ref));
            _network?.Tell(new WireMessage.Presence([], [engine.Process], IsComplete: true));
        }

        _ = TryReadSource(stopped);
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
        foreach (var local in _local.All)
        {
            // An engine that has failed answers by its Terminated.
            _unprepared.Add(Context.Watch(local.Ref));
            local.Ref.Tell(new PrepareStop(), Self);
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
