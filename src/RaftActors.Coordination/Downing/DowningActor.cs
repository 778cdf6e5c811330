using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

using RaftActors.Settings;

namespace RaftActors.Coordination.Downing;

/// <summary>
/// Watches the members of the cluster on one node, asks the group what was decided, decides, and downs the members that are decided on, be
/// it this node.
/// </summary>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster;
    private readonly DowningSettings _settings;
    private readonly Patience _patience;
    private Decisions? _decisions;
    private long? _followed;
    private bool _isAsking;
    private bool _isDown;

    public DowningActor(Cluster cluster, DowningSettings settings)
    {
        (_cluster, _settings, _patience) = (cluster, settings, new Patience(settings));
        Receive<Ready>(_ => ((IWithTimers)this).Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _settings.Tick));
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

    // The constructor of Cluster creates this actor, and the state of a cluster cannot be read before that constructor has returned. Get
    // returns after it, so it may block.
    protected override void PreStart()
    {
        var (system, self) = (Context.System, Self);
        Machine.Current.RunOnThread("raft-downing", () => self.Tell(ReadyOf(system)));
    }

    private static object ReadyOf(ActorSystem system)
    {
        try
        {
            Cluster.Get(system);
            return Ready.Instance;
        }
        catch (Exception e)
        {
            // The system says why it has no cluster.
            return new Status.Failure(e);
        }
    }

    private void Look()
    {
        var (view, now) = (ClusterView.Of(_cluster), Now);
        _patience.OnSeen(view, now);
        if (_patience.IsOver(now))
        {
            DownSelf(
                $"it cannot reach {string.Join(", ", view.Members.Where(each => each.IsUnreachable).Select(each => each.Name))}, and the "
                    + $"coordination group has not answered for {_settings.DownSelfAfter} (raft-coordination.downing.down-self-after), so "
                    + "other nodes may have downed it");
        }
        else if (!_isAsking && _patience.IsReadDue(now))
        {
            Ask((decisions, limit) => decisions.ReadAsync(limit), now);
        }
    }

    private void Follow(Answered answered)
    {
        _isAsking = false;
        _patience.OnRead(answered.SentAt);
        var (view, decision) = (ClusterView.Of(_cluster), answered.Known.Decision);
        if (decision.Downed.Contains(view.Self))
        {
            DownSelf("the other nodes have decided so");
            return;
        }

        if (decision.Forgotten > (_followed ?? decision.Forgotten))
        {
            DownSelf("the other nodes have downed more members since this node last asked than the group remembers");
            return;
        }

        if (_followed != decision.Count)
        {
            _patience.OnDecided(Now);
        }

        _followed = decision.Count;
        foreach (var member in _cluster.State.Members.Where(member =>
            member.Status is not (MemberStatus.Down or MemberStatus.Removed)
            && decision.Downed.Contains(ClusterView.NameOf(member.UniqueAddress))))
        {
            _log.Warning("Downing {0}, as the nodes have decided", ClusterView.NameOf(member.UniqueAddress));
            _cluster.Down(member.Address);
        }

        var doomed = view.FindDoomed().RemoveAll(decision.Downed.Contains);
        if (doomed.Length > 0 && _patience.IsDecisionDue(view.IsMinority(doomed), Now))
        {
            _log.Warning("Proposing to down {0}: they are unreachable", string.Join(", ", doomed));
            Ask((decisions, limit) => decisions.DecideAsync(answered.Known, doomed, limit), Now);
        }
    }

    private void Ask(Func<Decisions, CancellationToken, Task<Decisions.Known>> question, TimeSpan now)
    {
        _isAsking = true;
        _decisions ??= new(RaftCoordination.Get(Context.System).Items, Context.System.Name);

        // A slow answer is better than none: as long as it counts, this node need not down itself.
        var limit = new CancellationTokenSource(_settings.DownSelfAfter, Machine.Current.Time);
        question(_decisions, limit.Token).PipeTo(Self, success: known => new Answered(known, now), failure: e => new Silent(e.Message));
    }

    private void DownSelf(string why)
    {
        if (!_isDown)
        {
            _isDown = true;
            _log.Warning("Downing this node, {0}: {1}", ClusterView.NameOf(_cluster.SelfUniqueAddress), why);
            _cluster.Down(_cluster.SelfAddress);
        }
    }

    private sealed record Answered(Decisions.Known Known, TimeSpan SentAt);

    private sealed record Silent(string Why);

    private sealed class Ready
    {
        public static Ready Instance { get; } = new();
    }

    private sealed class Tick : INotInfluenceReceiveTimeout
    {
        public static Tick Instance { get; } = new();
    }
}
