using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The desks of one engine. A method here passes one event to all desks that it concerns. Invariant: a desk sees an event after the desks
/// whose result it needs.
/// </summary>
/// <param name="step">Gives Core an input.</param>
/// <param name="publish">Publishes an event on the event stream.</param>
/// <param name="address">The address of this node.</param>
internal sealed class EngineDesks(
    EngineContext context, RaftCore core, Action<Input> step, Action<RaftEvent> publish, Address address)
{
    private ClientDesk? _clients;
    private EventDesk? _events;
    private GetDesk? _gets;
    private TwinDesk? _twins;

    public NoticeDesk Notices { get; } = new(context);

    public AppendDesk Appends { get; } = new(context);

    public ProposalDesk Proposals { get; } =
        new(context, step, core.Find, () => context.Self.Tell(ToSelf.ProposeTurn.Instance, context.Self));

    public PairDesk Pairs { get; } = new(context.Process.Pairs);

    public GetDesk Gets => _gets ??= new GetDesk(context, Pairs);

    public ServeDesk Serving { get; } = new(context);

    public QueryDesk Queries { get; } = new(context, step);

    public ChangeDesk Changes { get; } = new(context);

    public LeaderDesk Leading { get; } = new(context, step);

    public SnapshotDesk Snapshots { get; } = new(context, core, step);

    public StopDesk Stopping { get; } = new(context, step);

    public TwinDesk Twins => _twins ??= new TwinDesk(context, publish, address);

    public EventDesk Events => _events ??= new EventDesk(context, core, publish, Stopping);

    public ClientDesk Clients => _clients ??= new ClientDesk(context, this, () => EngineExplanation.Of(context, core, this), address);

    /// <summary>A request or its key is in the log of this process. A process that does not lead knows of committed pairs only.</summary>
    public bool HasInLog(RequestId request, RequestKeyHash? key) => core.Find(request, key) is not null;

    /// <summary>No request is open, so a tick has little to do.</summary>
    public bool AreIdle => Appends.Count + Proposals.Count + Queries.Count + Gets.Count == 0;

    /// <summary>No desk waits for a tick.</summary>
    public bool AreAtRest =>
        AreIdle && Changes.Count + Serving.Count == 0 && !Stopping.NeedsTicks && _clients is not { HasWaiting: true };

    /// <summary>An engine that takes requests may have come into sight, so requests that wait for one are sent.</summary>
    public void OnServerInSight()
    {
        Appends.SendWaiting();
        Changes.SendWaiting();
        Gets.AskWaiting();
    }

    /// <summary>Core has taken the tick.</summary>
    public void OnTick()
    {
        Proposals.OnTick();
        Appends.OnTick();
        Changes.OnTick();
        Queries.OnTick();
        Gets.OnTick();
        Serving.OnTick();
        Stopping.OnTick();
        Clients.OnTick();
    }

    /// <summary>A life of the actor has ended, and with it all that only this life waits for.</summary>
    public void OnLifeEnded()
    {
        Notices.Forget();
        Gets.Forget();
        Queries.Forget();
        Snapshots.OnLifeEnded();
        Serving.RefuseAll();
    }

    /// <summary>The engine has stopped.</summary>
    public void OnStopped()
    {
        Notices.OnStopped();
        Appends.OnStopped();
        Changes.OnStopped();
        Snapshots.OnStopped();
    }
}
