using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

using RaftActors.Coordination.Sessions;

namespace RaftActors.Coordination.Downing;

/// <summary>
/// Watches the members of the cluster on one node, asks the group what was decided, and does what the <see cref="DowningPlan"/> says.
/// </summary>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster;
    private readonly DowningSettings _settings;
    private readonly DowningPlan _plan;
    private readonly Func<RaftItems> _items;
    private Decisions? _decisions;
    private bool _isAsking;
    private bool _isDown;

    /// <param name="items">Returns the items of the group. Called once, when the cluster has started.</param>
    public DowningActor(Cluster cluster, DowningSettings settings, Func<RaftItems> items)
    {
        (_cluster, _settings, _plan, _items) = (cluster, settings, new DowningPlan(settings), items);
        Receive<Ready>(_ => ((IWithTimers)this).Timers.StartPeriodicTimer(nameof(Tick), new Tick(), _settings.Tick));
        Receive<Tick>(_ => Look());
        Receive<Answered>(Follow);
        Receive<Silent>(silent =>
        {
            _isAsking = false;
            _log.Debug("The coordination group does not answer: {0}", silent.Why);
        });
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    // The constructor of Cluster creates this actor, and the state of a cluster cannot be read before that constructor has returned.
    // Cluster.Get returns after it, so this waits on another thread.
    protected override void PreStart()
    {
        var (system, self) = (Context.System, Self);
        _ = Raft.Time.PostAsync(() => self.Tell(ReadyOf(system)));
    }

    private static object ReadyOf(ActorSystem system)
    {
        try
        {
            Cluster.Get(system);
            return new Ready();
        }
        catch (Exception e)
        {
            // The system reports why it has no cluster.
            return new Status.Failure(e);
        }
    }

    private void Look()
    {
        var now = Now;
        switch (_plan.OnSeen(ClusterView.Of(_cluster), now))
        {
            case { DownsSelf: { } why }:
                DownSelf(why);
                break;
            case { Asks: true } when !_isAsking:
                Ask((decisions, limit) => decisions.ReadAsync(limit), now);
                break;
        }
    }

    private void Follow(Answered answered)
    {
        _isAsking = false;
        var step = _plan.OnAnswered(ClusterView.Of(_cluster), answered.Known.Decision, answered.SentAt, Now);
        if (step.DownsSelf is { } why)
        {
            DownSelf(why);
            return;
        }

        foreach (var member in _cluster.State.Members.Where(each => step.Downs.Contains(ClusterView.NameOf(each.UniqueAddress))))
        {
            _log.Warning("Downing {0}, as the nodes have decided", ClusterView.NameOf(member.UniqueAddress));
            _cluster.Down(member.Address);
        }

        if (!step.Proposes.IsEmpty)
        {
            _log.Warning("Proposing to down {0}: they are unreachable", string.Join(", ", step.Proposes));
            Ask((decisions, limit) => decisions.DecideAsync(answered.Known, step.Proposes, limit), Now);
        }
    }

    private void Ask(Func<Decisions, CancellationToken, Task<Decisions.Known>> question, TimeSpan now)
    {
        _isAsking = true;
        _decisions ??= new(_items(), Context.System.Name);
        AskAsync(question, _decisions, _settings.DownSelfAfter)
            .PipeTo(Self, success: known => new Answered(known, now), failure: e => new Silent(e.Message));
    }

    // The timeout is long, because even a slow answer keeps this node from downing itself.
    private static async Task<Decisions.Known> AskAsync(
        Func<Decisions, CancellationToken, Task<Decisions.Known>> question, Decisions decisions, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout, Raft.Time);
        return await question(decisions, limit.Token).ConfigureAwait(false);
    }

    private void DownSelf(string why)
    {
        if (!_isDown)
        {
            _isDown = true;
            _log.Warning("Downing this node, {0}: {1}", ClusterView.NameOf(_cluster.SelfUniqueAddress), why);
            _cluster.Down(_cluster.SelfAddress);

            // The cluster has not accepted this node yet, so it cannot down itself. The members will not accept it any more.
            if (_cluster.State.Members.All(each => each.UniqueAddress != _cluster.SelfUniqueAddress))
            {
                CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
            }
        }
    }

    private sealed record Answered(Decisions.Known Known, TimeSpan SentAt);

    private sealed record Silent(string Why);

    private sealed record Ready;

    private sealed record Tick : INotInfluenceReceiveTimeout;
}
