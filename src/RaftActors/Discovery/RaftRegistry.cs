using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;
using Akka.Remote;

using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// <c>/system/raft</c>: knows the raft processes of this node, exchanges Hellos with the registries of other nodes, and introduces the
/// processes of one group to each other. Nodes come from an <see cref="INodeSource"/> or from an incoming Hello. Its news about
/// unreachable nodes is a hint.
/// </summary>
internal sealed partial class RaftRegistry : ReceiveActor, IWithTimers
{
    // How long a node keeps its connections after the last group has dropped it. The group still has to tell the node that its removal is
    // committed.
    private const int IntervalsToLeave = 10;

    private const int IntervalsOfSilence = 12;

    // Addresses take less than a page of processes, and both fit into one message.
    private const int ListedNodesMax = 1000;

    private readonly LocalEngines _local;
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

    private TimeSpan _greetedAll = TimeSpan.MinValue / 2;
    private readonly ulong _life = Machine.Current.NewNumber();

    // Null in tests that have a registry alone.
    private ProcessPages? _pages;

    // Null before the first process or client of this node, and if the node has no address.
    private INetwork? _network;

    /// <param name="source">Null if the actor system has no address, so that there are no other nodes.</param>
    /// <param name="interval">The time between two Hellos to a node that has not answered.</param>
    /// <param name="ended">Called when the registry and all engines of this node have stopped. The actor system ends after it.</param>
    public RaftRegistry(INodeSource? source, TimeSpan interval, Action? ended = null)
    {
        _local = new LocalEngines(_own);
        _source = source;
        (_interval, _ended) = (interval, ended);
        Receive<ToEngine.Attach>(attach => SupervisorOf(attach.Process.Settings.Group).Forward(attach));
        Receive<EngineNews.Opening>(OnOpening);
        Receive<EngineNews.OpeningEnded>(ended => EndOpening(ended.Place));
        Receive<EngineNews.Started>(OnEngineStarted);
        Receive<EngineNews.Stopped>(OnEngineStopped);
        Receive<WireMessage.Hello>(OnHello);
        Receive<INetwork>(network => _network = network);
        Receive<ProcessPages>(pages => _pages = pages);
        Receive<ConnectionNews.Opened>(opened =>
        {
            Context.System.EventStream.Publish(opened);
            Greet(opened.Address);
            if (_nodes.Find(opened.Address) is { IsReachable: true } node)
            {
                // Before there was a connection, announcements of actors were dropped. Engines that find a process announce theirs again.
                TellFound(node.Processes);
            }
        });
        Receive<ConnectionNews.Refused>(Context.System.EventStream.Publish);
        Receive<ConnectionNews.Disconnected>(disconnected =>
        {
            Context.System.EventStream.Publish(disconnected);
            OnConnectionEnded(disconnected.Address);
        });
        Receive<ConnectionNews.Ended>(ended => OnConnectionEnded(ended.Address));
        Receive<RegistryCall>(OnCall);
        Receive<DisassociatedEvent>(disassociated => OnReachability(disassociated.RemoteAddress, false));
        Receive<EngineNews.Names>(OnEngineNames);
        Receive<QuietProcess>(OnQuiesced);
        Receive<EngineNews.Unwatched>(process => _quiet.Remove(process.Group, process.Name));
        Receive<WireMessage.NodeBeat>(beat => _quiet.OnBeat(AddressOf(Sender), beat, Now));
        Receive<Due>(_ => OnGreetTime(), due => due == Due.Greetings);
        Receive<Due>(_ => GreetAll(), due => due == Due.List);
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

    private ListNumber List => new(_life, _local.Number);

    protected override void PreStart()
    {
        if (_source is not null)
        {
            _source.Start(Self);
            Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        }

        Timers.StartPeriodicTimer(Due.Greetings, Due.Greetings, _interval);
    }

    protected override void PostStop()
    {
        _source?.Stop(Self);
        _ended?.Invoke();
    }

    // Another life of the registry needs what PostStop ends.
    protected override void PreRestart(Exception reason, object message)
    {
        _source?.Stop(Self);
        foreach (var child in Context.GetChildren())
        {
            Context.Stop(child);
        }
    }

    private void OnHello(WireMessage.Hello hello)
    {
        if (_nodes.Take(Sender.Path.Address, hello, Now) is not var (node, processes))
        {
            return;
        }

        // A node that has only an earlier list gets the rest.
        node.HasList = hello.Known.Registry == _life ? hello.Known.Number : null;

        if (node.Take(hello, processes, Now) is not { } added)
        {
            // The node sends only what was added to a list that this one lacks. In answer to this Hello it sends the whole list.
            SayHello(Sender, node, isReply: false);
            return;
        }

        // A node that is back is told of all engines here, otherwise only the groups with a new peer, because a thousand engines may start
        // one after another.
        var isBack = !node.IsReachable;
        TellStopped(node);
        node.IsReachable = true;
        if (!hello.IsReply)
        {
            // The reply precedes the engines' greetings, because a node should learn of an engine from its registry, which also reports
            // its end.
            SayHello(Sender, node, isReply: true);
        }

        TellFound(isBack ? node.Processes : added);
    }

    private void OnCall(RegistryCall call)
    {
        // An engine of the group answers, if one runs here. The call counts as open until the engine takes it.
        if (call.Call is ClientCall.Locate { Group: var group }
            && _local.Of(group).FirstOrDefault() is { Key: var name, Value: not null }
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
                    OtherGroups = known.Count > 0 || _local.Of(locate.Group).Any() ? []
                        : [.. Groups.Take(ClientReply.Located.OtherGroupsMax)],
                },
                Self);
        }
    }

    private IEnumerable<string> Groups =>
        _local.All.Select(local => local.Group).Concat(_nodes.All.SelectMany(node => node.Groups)).Distinct();

    // The list of the processes of this node, for operators. It wakes no quiescent group.
    private void OnListProcesses(ClientCall.ListProcesses call, ICanTell caller)
    {
        var (rows, hasMore) = _pages?.After(call.After) ?? ([], false);
        var others = call.After is null
            ? _nodes.All.Where(node => node.IsNamed || node.SizeOfList > 0).OrderByDescending(node => node.IsNamed).Take(ListedNodesMax)
            : [];
        caller.Tell(new ClientReply.ProcessList(_own, [.. others.Select(node => node.Address)], rows, hasMore), Self);
    }

    private bool TryReadSource(object message)
    {
        if (_source?.Read(message) is not { } read)
        {
            return false;
        }

        NodeNews[] all = [.. read];
        foreach (var news in all)
        {
            switch (news)
            {
                case NodeNews.Named(var address):
                    _leaving.Remove(address);
                    _nodes.Name(address).HasList = null;
                    break;
                case NodeNews.Unnamed(var address) when _nodes.Find(address) is { } node:
                    _nodes.Unname(node);
                    _leaving[address] = Now;
                    ForgetIfGone(node);
                    break;
                case NodeNews.Reachable(var address):
                    OnReachability(address, true);
                    break;
                case NodeNews.Unreachable(var address):
                    OnReachability(address, false);
                    break;
            }
        }

        // The names precede the greetings, because a node that is greeted connects to this one at once.
        if (all.Length > 0)
        {
            TellNamed();
        }

        foreach (var named in all.OfType<NodeNews.Named>())
        {
            Greet(named.Address);
        }

        return true;
    }

    // Either the node is gone, or only the connection. The answer to a Hello shows which.
    private void OnConnectionEnded(Address address)
    {
        OnReachability(address, false);
        if (_nodes.Find(address) is not null)
        {
            Greet(address);
        }
    }

    // An unreachable node is reported again. Of two connections the later one may deliver a message after the first has ended, and the
    // engine that read it believes that the node is reachable.
    private void OnReachability(Address address, bool isReachable)
    {
        if (_nodes.Find(address) is not { } node || (isReachable && node.IsReachable))
        {
            return;
        }

        (node.IsReachable, node.HasList) = (isReachable, null);
        foreach (var process in node.Processes)
        {
            Tell(
                process.Group,
                isReachable ? new PeerNews.Reachable(process.Name, address) : new PeerNews.Unreachable(process.Name, address));
        }

        ForgetIfGone(node);
    }

    // Reported repeatedly for a while. A message that the process sent before its end may arrive after the Hello that lacks the process,
    // and the engine that reads it would believe that the process is reachable.
    private void TellStopped(KnownNode node)
    {
        foreach (var process in node.Stopped)
        {
            Tell(process.Group, new PeerNews.Stopped(process.Name, Resolve(process.Engine)));
        }
    }

    private void TellFound(IEnumerable<LocalProcess> processes)
    {
        foreach (var process in processes)
        {
            Tell(process.Group, new PeerNews.Found(process.Name, Resolve(process.Engine)));
        }
    }

    private void Tell(string group, PeerNews news)
    {
        foreach (var (_, local) in _local.Of(group))
        {
            local.Tell(news);
        }
    }

    // If a forgotten node restarts, its Hello makes it known again.
    private void ForgetIfGone(KnownNode node)
    {
        if (node is { IsNamed: false, IsReachable: false })
        {
            _nodes.Remove(node.Address);
            _network?.Forget(node.Address);
        }
    }

    private void OnGreetTime()
    {
        GreetAll();
        foreach (var (address, _) in _leaving.Where(each => Now - each.Value > IntervalsToLeave * _interval).ToArray())
        {
            _leaving.Remove(address);
            _network?.OnDeparted(address);
        }

        var silence = Now - (IntervalsOfSilence * _interval);
        foreach (var node in _nodes.All.ToArray())
        {
            node.ForgetStopped(silence);
            TellStopped(node);
            if (node.HeardAt < silence)
            {
                // Such a node sent some parts of a list, and never the rest.
                ForgetIfGone(node);
            }
        }

        _watch.Check(Now, HasPeer, WhyAlone);
    }

    private bool HasPeer(EngineNews.Names names)
    {
        var (group, self) = (names.Process.Settings.Group, names.Process.Name);
        return _local.Of(group).Any(other => other.Key != self)
            || _nodes.All.Any(node => node.IsReachable && node.ProcessesOf(group).Any(process => process.Name != self));
    }

    private string WhyAlone(EngineNews.Names names) => AloneReason.Of(_nodes.All, _source, _network?.Problems ?? "");

    // Many engines may start at once, so announcements are at least half an interval apart.
    private void GreetSoon(bool atOnce)
    {
        if (atOnce || Now - _greetedAll >= _interval / 2)
        {
            GreetAll();
        }
        else if (!Timers.IsTimerActive(Due.List))
        {
            Timers.StartSingleTimer(Due.List, Due.List, _interval / 2);
        }
    }

    private void GreetAll()
    {
        _greetedAll = Now;
        foreach (var node in _nodes.All.Where(node => node.HasList != _local.Number))
        {
            Greet(node.Address);
        }
    }

    // Before the first engine there is nothing to tell. The end of the last one is told, since the list's number has grown.
    private void Greet(Address address)
    {
        if (_local.Number > 0)
        {
            SayHello(RegistryAt(address), _nodes.Find(address), isReply: false);
        }
    }

    /// <param name="node">Null for an unknown node, which gets the whole list.</param>
    private void SayHello(IActorRef to, KnownNode? node, bool isReply)
    {
        var added = node?.HasList is { } number ? _local.AddedSince(number) : null;
        var hello = new WireMessage.Hello(added ?? _local.List, isReply, List)
        {
            Since = added is null ? null : node!.HasList,
            Known = node?.List ?? default,
        };
        foreach (var part in HelloParts.Of(hello))
        {
            to.Tell(part, Self);
        }
    }

    private void TellNamed() =>
        _network?.SetNamed([.. _nodes.All.Where(node => node.IsNamed).Select(node => node.Address)]);

    private IActorRef RegistryAt(Address address) => Resolve($"{address}/system/raft");

    private IActorRef Resolve(string path) =>
        _network?.Resolve(path) ?? ((ExtendedActorSystem)Context.System).Provider.ActorAt(path);

    private void Introduce(KnownNode node, IActorRef engine, string group)
    {
        foreach (var process in node.ProcessesOf(group))
        {
            engine.Tell(new PeerNews.Found(process.Name, Resolve(process.Engine)));
        }
    }

    private enum Due
    {
        Greetings,

        // Tells the changed list of engines.
        List,

        Beats,

        // A beat may wait in the mailbox, and its node is not silent. So the silence is judged after a message to itself.
        BeatsBehindMailbox,
    }
}
