using System.Diagnostics;
using System.Security.Cryptography;

using Akka.Actor;

using RaftActors;
using RaftActors.Cli;
using RaftActors.Cli.Security;
using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Wire;

using RaftTrials.Load;


namespace RaftTrials.Hostile;

/// <summary>
/// A writer that says all that a client can say, to take the Appends of others. The answers to its queries tell it the origin and the
/// latest request number of each server, and the honest client tells its own. It has the connections and the credentials of a real client.
/// </summary>
internal sealed class Liar : UntypedActor, IWithTimers
{
    /// <summary>The one message that it appends, many times. The servers show it once.</summary>
    public static readonly WriteCall Call = new("liar", LoadCommand.Key, "liar", null, 0);

    private static readonly string RequestKey = LoadCommand.IdOf("liar");

    private const int NumbersAhead = 8;

    // A server closes the connection of a client after so many messages that are for nodes.
    private const int OfNodesMax = 100;
    private const int FreshSessions = 20;
    private const int TurnsPerForgedSender = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    // A text, as the codec of values writes it.
    private static readonly byte[] Value = [1, .. "liar"u8];
    private static readonly ActivityContext Parent =
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private readonly INetwork _network;
    private readonly Deeds _deeds;
    private readonly Func<RequestRef?> _honest;
    private readonly Count _count;
    private readonly List<IActorRef> _registries;
    private readonly Dictionary<string, IActorRef> _engines = [];
    private int _turns;

    public Liar(IEnumerable<int> ports, Deeds deeds, Func<RequestRef?> honest, Count count)
    {
        (_deeds, _honest, _count) = (deeds, honest, count);
        _network = Raft.Get(Context.System).Network.Network!; // Justification: Run has created a client, with security.
        _registries = [.. ports.Select(port => _network.Resolve($"{ServerAt(port)}/system/raft"))];
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    /// <summary>Lies until the token is cancelled.</summary>
    public static async Task Run(
        IReadOnlyList<int> ports, ConnectionSecurity security, Func<RequestRef?> honest, Count count, CancellationToken stop)
    {
        using var system = ActorSystem.Create("liar", HonestClient.ConfigOf(security, Intruder.Client));
        await using var client = Raft.Get(system).CreateClient<string, object?>(
            ServerId.GroupName, new RaftClientOptions<string, object?> { Contacts = HonestClient.ContactsOf(ports) });
        var deeds = new Deeds();
        var props = Props.Create(() => new Liar(ports, deeds, honest, count));
        ((ExtendedActorSystem)system).SystemActorOf(props, "raft-client-liar");
        await Poll.Wait(System.Threading.Timeout.InfiniteTimeSpan, stop);

        // On a busy machine the first lies may arrive after a short trial.
        await Poll.Until(() => deeds.HaveArrived, () => $"the lies do not arrive: {deeds}");
        await system.Terminate();
        Console.Out.WriteLine($"        the liar: {deeds}");
        deeds.Demand();
    }

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, Interval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case ClientReply.Located located:
                foreach (var process in located.Processes)
                {
                    _engines.TryAdd(process.Engine, _network.Resolve(process.Engine));
                }

                break;
            case QueryOutcome.Done done:
                LieAbout(done.Request);
                break;
            case QueryOutcome.Failed failed:
                LieAbout(failed.Request);
                break;
            case IOutcome outcome:
                _deeds.Add(outcome);
                break;
        }
    }

    private static Address ServerAt(int port) => new("akka.tcp", ServerId.GroupName, "127.0.0.1", port);

    private static ClientCall.Append Append(ClientSession session, long number, bool isRetry = false) =>
        new(session, number, RequestKey, Value, Timeout, isRetry);

    private void OnTick()
    {
        _turns++;
        _registries.ForEach(registry => registry.Tell(new ClientCall.Locate(ServerId.GroupName), Self));
        foreach (var engine in _engines.Values)
        {
            engine.Tell(new ClientCall.Query(default, Timeout, ReadConsistency.Local), Self);
            for (var i = 0; i < FreshSessions; i++)
            {
                engine.Tell(Append(ClientSession.New(), RandomNumberGenerator.GetInt32(int.MaxValue)), Self);
            }
        }

        if (_honest() is { } request)
        {
            LieAbout(request);
        }
    }

    private void LieAbout(RequestRef request)
    {
        var origin = new Member(request.Origin, request.Incarnation);
        var ofNodes = MessagesOfNodes(new RequestId(origin, request.Number + 1 + (_turns % NumbersAhead)));
        _deeds.AddVictim(origin, ofNodes.Length);
        foreach (var engine in _engines.Values)
        {
            foreach (var lie in ClaimsOf(origin, request.Number).Concat(ofNodes))
            {
                _count.Add();
                engine.Tell(lie, Self);
            }

            // A sender that does not exist, and one on another node. The answer to the second one ends the connection.
            engine.Tell(Append(ClientSession.New(), 1), new Named(Self.Path.Root / "system" / "raft-client-nobody"));
            if (_turns % TurnsPerForgedSender == 0)
            {
                engine.Tell(Append(ClientSession.New(), 1), new Named(engine.Path));
            }
        }
    }

    private static IEnumerable<WireMessage> ClaimsOf(Member origin, long latest)
    {
        var session = new ClientSession(origin.Incarnation.Value);
        for (var ahead = 1; ahead <= NumbersAhead; ahead++)
        {
            var traces = new TraceLink(new RequestId(origin, latest + ahead), Parent);
            yield return new WireMessage.Traced([traces], Append(session, latest + ahead, isRetry: ahead % 2 == 0));
        }

        yield return Append(session, 0);
        yield return Append(session, long.MaxValue);
        yield return new ClientCall.Append(
            session, latest, RequestKey, Value, Timeout, IsRetry: true, HashedKey.Of("liar"));
    }

    // A server closes the connection after a hundred of them, so most claims come on a later one.
    private static WireMessage[] MessagesOfNodes(RequestId request)
    {
        var origin = request.Origin;
        var traces = new TraceLink(request, Parent);
        var append = new WireMessage.AppendRequest(request, RequestKey, Value, IsRetry: request.Number % 2 == 0);
        var core = new WireMessage.CoreMessage(new RaftActors.Core.Envelope(
            origin, origin, GroupUid.None, new Term(long.MaxValue), default, Message.TimeoutNow.Instance));
        return
        [
            append,
            new WireMessage.Traced([traces], append),
            new AppendReply.Committed(request, new Serial(1)),
            new AppendReply.Cancelled(request, new CancelReason.Unknown(UnknownReason.Forgotten)),
            core,
            new WireMessage.Traced([], core),
            new WireMessage.Leaving(origin.Name, IsReply: false),
            new WireMessage.ActorAt(origin.Name, ""),
        ];
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>What came of the lies. Only the liar changes it, and the trial reads it when the liar has ended.</summary>
    internal sealed class Deeds
    {
        private readonly HashSet<Member> _victims = [];
        private int _ofNodes;
        private int _appended;
        private int _refused;
        private volatile int _appendedLater;
        private RequestRef? _stolen;

        /// <summary>An Append was done after the servers had closed the first connections.</summary>
        public bool HaveArrived => _appendedLater > 0;

        /// <param name="ofNodes">The number of messages of nodes that go to each server.</param>
        public void AddVictim(Member origin, int ofNodes)
        {
            _victims.Add(origin);
            _ofNodes += ofNodes;
        }

        public void Add(IOutcome outcome)
        {
            if (outcome.Failure is null)
            {
                _appended++;
                _appendedLater += _ofNodes > 2 * OfNodesMax ? 1 : 0;
            }
            else
            {
                _refused++;
            }

            if (_victims.Contains(new Member(outcome.Request.Origin, outcome.Request.Incarnation)))
            {
                _stolen = outcome.Request;
            }
        }

        /// <exception cref="TrialFailure">A lie was believed.</exception>
        public void Demand() =>
            TrialFailure.Unless(_stolen is null, $"the liar got the outcome of {_stolen}, which is the request of another one");

        public override string ToString() => $"{_victims.Count} origins of others claimed; {_appended} Appends done under its own, "
            + $"{_appendedLater} of them after its connections were closed, and {_refused} not";
    }
}
