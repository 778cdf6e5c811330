using Akka.Actor;
using Akka.Event;

using RaftActors.Delivery;
using RaftActors.Network;

namespace RaftActors.Engine;

/// <summary>
/// The parent of the engines of one group on this node, at <c>/system/raft/{group}</c>. An engine that fails is stopped and not started
/// again, because only a new opening of the store shows which of its last writes are on disk. The supervisor tells each later life of the
/// actor, too, that the engine has stopped.
/// </summary>
/// <param name="life">The life of the registry that has started it.</param>
internal sealed class EngineSupervisor(RegistryLife life) : UntypedActor
{
    private readonly Dictionary<ProcessName, Resident> _residents = [];

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ToEngine.Attach attach:
                OnAttach(attach);
                break;
            case Terminated terminated when _residents.Values.FirstOrDefault(one => one.Engine.Equals(terminated.ActorRef)) is { } resident:
                OnStopped(resident);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The engines have stopped with a registry that failed, and its next life starts none of them again. Without this, their actors would
    // wait for ever. If the node stops, its actors need no news.
    protected override void PostStop()
    {
        foreach (var resident in _residents.Values.Where(one => life.HasFailed && !one.HasStopped))
        {
            OnStopped(resident);
        }
    }

    private void OnStopped(Resident resident)
    {
        resident.HasStopped = true;
        var process = resident.Process;
        Context.System.EventStream.Publish(resident.Stopped);
        Context.Parent.Tell(new EngineNews.Stopped(process));
        TellStopped(resident);
        process.Appends.OnEngineGone(process.EngineStopped, Self);
    }

    private void OnAttach(ToEngine.Attach attach)
    {
        var name = attach.Process.Name;
        if (!_residents.TryGetValue(name, out var resident))
        {
            var registry = Context.Parent;
            var props = Props.Create<RaftEngine>(attach.Process, registry).WithDispatcher(EngineDispatcher.DispatcherId);
            var engine = Context.ActorOf(props, Uri.EscapeDataString(name.Process));
            resident = new Resident(attach.Process, Context.Watch(engine)) { Actor = Sender };
            _residents.Add(name, resident);
        }

        resident.Actor = Sender;
        if (resident.HasStopped)
        {
            TellStopped(resident);
        }
        else
        {
            resident.Engine.Forward(attach);
        }
    }

    private static void TellStopped(Resident resident)
    {
        // The second argument marks a log entry about a published event, as EngineContext.Publish does.
        var stopped = resident.Stopped;
        Context.GetLogger().Error("{0}", stopped.Why, stopped);
        resident.Actor.Tell(new ToActor.EngineStopped(), Context.Self);
        Context.Parent.Tell(new EngineNews.OpeningEnded(new ProcessPlace(resident.Process.Settings.Group, resident.Process.Name)));
    }

    private sealed record Resident(RaftProcess Process, IActorRef Engine)
    {
        // The latest actor that attached.
        public required IActorRef Actor { get; set; }

        public bool HasStopped { get; set; }

        public RaftEvent.Stopped Stopped => new(Process.Settings.Group, Process.Name, WhyStopped);

        private string WhyStopped => $"The engine of {Process.Name} has stopped and is not started again"
            + (Process.Status.Failure is { } failure
                ? $", since {failure}"
                : ". Restart the node, so that the store is opened again.");
    }
}

/// <summary>One life of the registry, as its supervisors know it.</summary>
internal sealed class RegistryLife
{
    /// <summary>Set before the supervisors are stopped.</summary>
    public bool HasFailed { get; set; }
}
