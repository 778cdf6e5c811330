using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>
/// This node's part in the cluster. It keeps the gossip, performs leader actions, monitors other nodes, and notifies subscribers.
/// <see cref="MembershipRules"/> and <see cref="Gossip"/> contain all decisions about members.
/// </summary>
internal sealed partial class ClusterDaemon(Cluster cluster) : UntypedActor
{
    private readonly ClusterSettings _settings = cluster.Settings;
    private readonly UniqueAddress _self = cluster.SelfUniqueAddress;
    private readonly ClusterActorRefProvider _provider = (ClusterActorRefProvider)cluster.System.Provider;
    private readonly ClusterEventPublisher _publisher = new();
    private readonly HashSet<UniqueAddress> _exitingConfirmed = [];
    private readonly List<ICancelable> _timers = [];
    private readonly List<Action> _onMemberUp = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Gossip _gossip = Gossip.Empty;
    private TimeSpan _lastConvergence;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private MemberStatus SelfStatus => _gossip.Find(_self)?.Status ?? MemberStatus.Removed;

    private IEnumerable<UniqueAddress> Others => _gossip.Members.Select(m => m.UniqueAddress).Where(node => !node.Equals(_self));

    protected override void PreStart()
    {
        _lastConvergence = Now;
        Every(_settings.GossipInterval, TickKind.Gossip);
        Every(_settings.LeaderActionsInterval, TickKind.Leader);
        Every(_settings.HeartbeatInterval, TickKind.Heartbeat);
        Every(_settings.UnreachableNodesReaperInterval, TickKind.Reap);
    }

    protected override void PostStop()
    {
        _timers.ForEach(timer => timer.Cancel());
        _joinTimer?.Cancel();
        var last = _gossip;
        _gossip = Gossip.Empty;
        cluster.Terminated(_gossip);
        _publisher.Publish(ClusterEvent.ClusterShuttingDown.Instance);
        _publisher.PublishChanges(last, _gossip, _self);
    }

    protected override void OnReceive(object message)
    {
        try
        {
            MessageReceived(message);
        }
        catch (Exception failure)
        {
            // A restarted daemon would have lost its gossip. It would be a node that never joined, with a uid that others know as Up.
            _log.Error(failure, $"Cluster Node [{_self.Address}] - failed on [{message}] and ends its membership");
            Context.Stop(Self);
        }
    }

    private void MessageReceived(object message)
    {
        switch (message)
        {
            case ClusterMessage.GossipEnvelope envelope:
                GossipReceived(envelope);
                break;
            case ClusterMessage.Heartbeat:
                Sender.Tell(new ClusterMessage.HeartbeatReply(_self), Self);
                break;
            case ClusterMessage.HeartbeatReply reply:
                HeartbeatReceived(reply.From);
                break;
            case ClusterMessage.ExitingConfirmed confirmed:
                ExitingConfirmed(confirmed.Node);
                break;
            case ClusterMessage joining:
                JoiningMessageReceived(joining);
                break;
            case ClusterCommand.Tick tick:
                Ticked(tick.Kind);
                break;
            case ClusterCommand command:
                CommandReceived(command);
                break;
            case Terminated terminated:
                _publisher.Unsubscribe(terminated.ActorRef, null);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void CommandReceived(ClusterCommand command)
    {
        switch (command)
        {
            case ClusterCommand.JoinSeedNodes join:
                JoinSeedNodes(join.SeedNodes);
                break;
            case ClusterCommand.JoinTo join:
                JoinTo(join.Address);
                break;
            case ClusterCommand.Leave leave when !IsMember:
                _leavesAfterJoining |= leave.Address.Equals(_self.Address);
                break;
            case ClusterCommand.Leave leave:
                Adopt(MembershipRules.Leave(_gossip, _self, leave.Address));
                break;
            case ClusterCommand.Down down:
                Adopt(MembershipRules.Down(_gossip, _self, down.Address));
                break;
            case ClusterCommand.Subscribe subscribe:
                Context.Watch(subscribe.Subscriber);
                _publisher.Subscribe(subscribe, _gossip, _self);
                break;
            case ClusterCommand.Unsubscribe unsubscribe:
                _publisher.Unsubscribe(unsubscribe.Subscriber, unsubscribe.To);
                break;
            case ClusterCommand.SendCurrentClusterState send:
                send.Receiver.Tell(ClusterEventPublisher.StateOf(_gossip, _self), Self);
                break;
            case ClusterCommand.OnMemberUp up:
                _onMemberUp.Add(up.Callback);
                CallBackWhenUp();
                break;
            case ClusterCommand.ExitingCompleted:
                SendExitingConfirmed();
                Context.Stop(Self);
                break;
        }
    }

    private void Ticked(TickKind kind)
    {
        switch (kind)
        {
            case TickKind.Gossip:
                GossipToOne();
                break;
            case TickKind.Leader:
                LeaderActions();
                break;
            case TickKind.Heartbeat:
                SendHeartbeats();
                break;
            case TickKind.Reap:
                Reap();
                break;
            case TickKind.Join:
                JoinTick();
                break;
        }
    }

    private void Every(TimeSpan interval, TickKind kind) => _timers.Add(
        Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(interval, interval, Self, new ClusterCommand.Tick(kind), Self));

    private InternalActorRef DaemonOf(Address address) => _provider.ResolveInternal($"{address}/system/cluster");

    private void LogInfo(string text)
    {
        if (_settings.LogInfo)
        {
            _log.Info($"Cluster Node [{_self.Address}] - {text}");
        }
    }
}
