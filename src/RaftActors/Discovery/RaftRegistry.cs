using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// <c>/system/raft</c>: tells the other nodes of the raft processes of this one, and introduces the processes of one group to each other.
/// A node is reachable while the connections of both to each other are open. An <see cref="INodeSource"/> says which nodes to connect to,
/// and this node also connects to those that have connected to it and have a process of its groups. The news about unreachable nodes is a
/// hint.
/// </summary>
internal sealed partial class RaftRegistry : ReceiveActor, IWithTimers
{
    // How long a node keeps its connections after the last group has dropped it. The group still has to tell the node that its removal is
    // committed.
    private const int IntervalsToLeave = 10;

    // Addresses take less than a page of processes, and both fit into one message.
    private const int ListedNodesMax = 1000;

    private readonly LocalEngines _local = new();
    private readonly KnownNodes _nodes = new(Context.GetLogger(), Machine.Current.Time);

    // The processes by group whose engines have not started yet. An entry ends as it began, by the name of its process: another process of
    // its group may still be opening.
    private readonly Dictionary<string, HashSet<ProcessName>> _opening = new(StringComparer.Ordinal);

    // Nodes that the source has dropped, and when. They stay here after the registry has forgotten them, until their connections are
    // closed.
    private readonly Dictionary<Address, TimeSpan> _leaving = [];
    private readonly Address _own = RaftAddress.OwnOf((ExtendedActorSystem)Context.System);
    private readonly INodeSource? _source;
    private readonly TimeSpan _interval;
    private readonly Action? _ended;
    private readonly PeerWatch _watch = new(Context.GetLogger());
    private readonly QuietGroups _quiet = new();

    // Null in tests that have a registry alone.
    private ProcessPages? _pages;

    // Null before the first process or client of this node, and if the node has no address.
    private INetwork? _network;

    /// <param name="source">Null if the actor system has no address, so that there are no other nodes.</param>
    /// <param name="interval">The time between two attempts to connect to a node.</param>
    /// <param name="ended">Called when the registry and all engines of this node have stopped. The actor system ends after it.</param>
    public RaftRegistry(INodeSource? source, TimeSpan interval, Action? ended = null)
    {
        _source = source;
        (_interval, _ended) = (interval, ended);
        Receive<ToEngine.Attach>(attach => SupervisorOf(attach.Process.Settings.Group).Forward(attach));
        Receive<EngineNews.Opening>(OnOpening);
        Receive<EngineNews.OpeningEnded>(ended => EndOpening(ended.Place));
        Receive<EngineNews.Started>(OnEngineStarted);
        Receive<EngineNews.Stopped>(OnEngineStopped);
        Receive<EngineNews.ActorChanged>(OnActorChanged);
        Receive<EngineNews.Met>(OnMet);
        Receive<INetwork>(network => _network = network);
        Receive<ProcessPages>(pages => _pages = pages);
        Receive<ConnectionNews.Opened>(opened =>
        {
            Context.System.EventStream.Publish(opened);
            if (_nodes.SetConnected(opened.Address, isConnected: true) is { IsReachable: true } node)
            {
                TellFound(node.Processes);
            }
        });
        Receive<ConnectionNews.Refused>(Context.System.EventStream.Publish);
        Receive<ConnectionNews.Disconnected>(disconnected =>
        {
            Context.System.EventStream.Publish(disconnected);
            if (_nodes.SetConnected(disconnected.Address, isConnected: false) is { } node)
            {
                OnUnreachable(node);
            }
        });
        Receive<ConnectionNews.Told>(OnTold);
        Receive<ConnectionNews.Ended>(ended =>
        {
            if (_nodes.OnEnded(ended) is { } node)
            {
                OnUnreachable(node);
            }
        });
        Receive<RegistryCall>(OnCall);
        Receive<EngineNews.Names>(OnEngineNames);
        Receive<QuietProcess>(OnQuiesced);
        Receive<EngineNews.Unwatched>(process => _quiet.Remove(process.Group, process.Name));
        Receive<WireMessage.NodeBeat>(beat => _quiet.OnBeat(AddressOf(Sender), beat, Now));
        Receive<Due>(_ => OnTime(), due => due == Due.Connections);
        Receive<Due>(_ => Self.Tell(Due.BeatsBehindMailbox), due => due == Due.Beats);
        Receive<Due>(_ => OnBeatTime());
        Receive<PrepareStop>(_ => OnPrepareStop());
        Receive<EngineNews.Prepared>(_ => OnPrepared(Sender));
        Receive<Terminated>(terminated => OnPrepared(terminated.ActorRef));
        ReceiveAny(message =>
        {
            if (!TryReadSource(message))
            {
                Unhandled(message);
            }
        });
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _source?.Start(Self);
        Timers.StartPeriodicTimer(Due.Connections, Due.Connections, _interval);
    }

    protected override void PostStop()
    {
        _source?.Stop(Self);
        _ended?.Invoke();
    }

    // Another life of the registry needs what PostStop ends. It hears of the processes of other nodes again, because the connections begin
    // again: also those to nodes that this life did not know, because each connection tells only once that it is open. The next life does
    // not know either which nodes are leaving, so they depart now.
    protected override void PreRestart(Exception reason, object message)
    {
        _source?.Stop(Self);
        if (_pages is { } pages)
        {
            Self.Tell(pages);
        }

        if (_network is { } network)
        {
            Self.Tell(network);
            network.Tell(new WireMessage.Presence([], [.. _local.All.Select(local => local.Process)], IsComplete: true));
            foreach (var address in _nodes.Addresses)
            {
                network.Close(address);
                network.Forget(address);
            }

            foreach (var address in _leaving.Keys)
            {
                network.OnDeparted(address);
            }
        }

        _life.HasFailed = true;
        foreach (var child in Context.GetChildren())
        {
            Context.Stop(child);
        }
    }

    private void OnTold(ConnectionNews.Told told)
    {
        if (_nodes.Admit(told) is not { } node)
        {
            // Without a part, the list would never be right. The next connection brings it again.
            _network?.Close(told.Address);
            return;
        }

        var wasReachable = node.IsReachable;
        if (node.Take(told.Connection, _nodes.OfNode(node, told.Presence)) is not var (started, stopped))
        {
            return;
        }

        foreach (var process in stopped)
        {
            Tell(process.Group, new PeerNews.Stopped(process.Name, Resolve(process.Engine)));
        }

        if (node.IsReachable)
        {
            // A node that is back is told of all engines here, otherwise only the groups with a new peer, because a thousand engines may
            // start one after another.
            TellFound(wasReachable ? started : node.Processes);
        }

        Connect(node);
    }

    private void OnCall(RegistryCall call)
    {
        // An engine of the group answers, if one runs here. The call counts as open until the engine takes it.
        if (call.Call is ClientCall.Locate { Group: var group }
            && _local.Of(group).FirstOrDefault() is { Process.Name: var name }
            && NodeNetwork.Of(Context.System).Calls.Find(new CallTarget(group, name)) is { } inbox)
        {
            if (WaitingCaller.TryMove(call.Caller, inbox.Untaken))
            {
                inbox.Add(call.Call, call.Caller);
                inbox.Announce();
            }
            else
            {
                call.Caller.Tell(NodeCalls.WhyFull(new CallTarget(group, name), call.Call), Self);
            }

            return;
        }

        WaitingCaller.OnTaken(call.Caller);
        switch (call.Call)
        {
            case ClientCall.Locate locate:
                OnLocate(locate, call.Caller);
                break;
            case ClientCall.ListProcesses list:
                OnListProcesses(list, call.Caller);
                break;
            default:
                call.Caller.Tell(new ClientReply.Failed(
                    RaftFailure.NotDone(FailureReason.Invalid, "This call goes to a process. Ask one of the group.")), Self);
                break;
        }
    }

    // Clients elsewhere connect to each node themselves and prove their role there, so they learn no other nodes. A client of this node
    // has the role of the node.
    private void OnLocate(ClientCall.Locate locate, ICanTell caller)
    {
        var isOfThisNode = caller is ICaller;
        ImmutableArray<ProcessAddress> idle = [.. _pages?.NamesOf(locate.Group).Select(name => new ProcessAddress(name, _own)) ?? []];
        if (_opening.ContainsKey(locate.Group) && !isOfThisNode)
        {
            // Only the store tells which cluster its group belongs to. The processes that this registry knows may belong to the group that
            // was backed up, while this one was restored. A client of this node is still led to them, because a long opening must not stop
            // the application.
            caller.Tell(new ClientReply.Located(locate.Group, null, null, default, []) { Idle = idle }, Self);
        }
        else
        {
            var known = _nodes.All.SelectMany(node => node.ProcessesOf(locate.Group)
                .Select(process => new ProcessAddress(process.Name, node.Address))).ToList();
            caller.Tell(
                new ClientReply.Located(locate.Group, null, null, default, [.. known])
                {
                    Idle = idle,
                    Others = isOfThisNode ? [.. _nodes.All.Select(node => node.Address)] : [],
                    OtherGroups = known.Count > 0 || _local.Has(locate.Group) ? []
                        : [.. Groups.Take(ClientReply.Located.OtherGroupsMax)],
                },
                Self);
        }
    }

    private IEnumerable<string> Groups =>
        _local.All.Select(local => local.Process.Group).Concat(_nodes.All.SelectMany(node => node.Groups)).Distinct();

    // The list of the processes of this node, for operators. It wakes no quiescent group.
    private void OnListProcesses(ClientCall.ListProcesses call, ICanTell caller)
    {
        var (rows, hasMore) = _pages?.After(call.After) ?? ([], false);
        var others = call.After is null
            ? _nodes.All.Where(node => node.IsNamed || node.HasList).OrderByDescending(node => node.IsNamed).Take(ListedNodesMax)
            : [];
        caller.Tell(new ClientReply.ProcessList(_own, [.. others.Select(node => node.Address)], rows, hasMore), Self);
    }

    private bool TryReadSource(object message)
    {
        if (_source?.Read(message) is not { } read)
        {
            return false;
        }

        var all = read.ToArray();
        foreach (var news in all)
        {
            switch (news)
            {
                case NodeNews.Named(var address):
                    _leaving.Remove(address);
                    _nodes.Name(address);
                    break;
                case NodeNews.Unnamed(var address) when _nodes.Find(address) is { } node:
                    _nodes.Unname(node);
                    _leaving[address] = Now;
                    ForgetIfGone(node);
                    break;
            }
        }

        if (all.Length > 0)
        {
            TellNamed();
            ConnectAll();
        }

        return true;
    }

    // Reported also if it was unreachable before. Of two connections the later one may deliver a message after the first has ended, and the
    // engine that read it believes that the node is reachable.
    private void OnUnreachable(KnownNode node)
    {
        if (!node.IsReachable)
        {
            foreach (var process in node.Processes)
            {
                Tell(process.Group, new PeerNews.Unreachable(process.Name, node.Address));
            }

            ForgetIfGone(node);
        }
    }

    private void TellFound(IEnumerable<LocalProcess> processes)
    {
        foreach (var process in processes)
        {
            Tell(process.Group, Found(process));
        }
    }

    private void Tell(string group, PeerNews news)
    {
        foreach (var local in _local.Of(group))
        {
            local.Ref.Tell(news);
        }
    }

    // A node that connects again is known again. While a connection brings its list, the next part would count as the whole one.
    private void ForgetIfGone(KnownNode node)
    {
        if (node is { IsNamed: false, IsHeard: false })
        {
            _nodes.Remove(node.Address);
            _network?.Forget(node.Address);
        }
    }

    private void OnTime()
    {
        ConnectAll();
        foreach (var (address, _) in _leaving.Where(each => Now - each.Value > IntervalsToLeave * _interval).ToArray())
        {
            _leaving.Remove(address);
            _network?.OnDeparted(address);
        }

        _watch.Check(Now, HasPeer, WhyAlone);
    }

    private void ConnectAll()
    {
        foreach (var node in _nodes.All)
        {
            Connect(node);
        }
    }

    // A node that has connected to this one need not know it by name, as a joining one. Without an engine there is nothing to tell.
    private void Connect(KnownNode node)
    {
        if (!node.IsConnected && !_local.IsEmpty && (node.IsNamed || (node.HasList && node.Groups.Any(_local.Has))))
        {
            _network?.Connect(node.Address);
        }
    }

    private bool HasPeer(EngineNews.Names names)
    {
        var (group, self) = (names.Process.Settings.Group, names.Process.Name);
        return _local.Of(group).Any(other => other.Process.Name != self)
            || _nodes.All.Any(node => node.IsReachable && node.ProcessesOf(group).Any(process => process.Name != self));
    }

    private string WhyAlone(EngineNews.Names names) => AloneReason.Of(_nodes.All, _source, _network?.Problems ?? "");

    private void TellNamed() =>
        _network?.SetNamed([.. _nodes.All.Where(node => node.IsNamed).Select(node => node.Address)]);

    private IActorRef RegistryAt(Address address) => Resolve($"{address}{InboundNodeConnection.RegistryPath}");

    private IActorRef Resolve(string path) =>
        _network?.Resolve(path) ?? ((ExtendedActorSystem)Context.System).Provider.ActorAt(path);

    private void Introduce(KnownNode node, IActorRef engine, string group)
    {
        foreach (var process in node.ProcessesOf(group))
        {
            engine.Tell(Found(process));
        }
    }

    private PeerNews.Found Found(LocalProcess process) => new(process.Name, Resolve(process.Engine), process.Actor, process.Program);

    private static PeerNews.Found Found(LocalEngine engine) =>
        new(engine.Process.Name, engine.Ref, engine.Process.Actor, engine.Process.Program);

    private enum Due
    {
        Connections,

        Beats,

        // A beat may wait in the mailbox, and its node is not silent. So the silence is judged after a message to itself.
        BeatsBehindMailbox,
    }
}
