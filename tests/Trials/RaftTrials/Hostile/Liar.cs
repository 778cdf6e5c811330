using System.Security.Cryptography;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

using RaftTrials.Load;

namespace RaftTrials.Hostile;

/// <summary>
/// A writer that says all that a client can say, to take the Appends of others. The state of a server tells it the origins of all, and the
/// honest client tells its own with its latest request number. It has the connections and the credentials of a real client.
/// </summary>
internal sealed class Liar : UntypedActor, IWithTimers
{
    /// <summary>The one message that it appends, many times. The servers show it once.</summary>
    public static readonly WriteCall Call = new("liar", LoadCommand.Key, "liar", null, 0);

    private static readonly string RequestKey = LoadCommand.IdOf("liar");

    private const int NumbersAhead = 8;

    private const int FreshSessions = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    // A text, as the codec of values writes it.
    private static readonly byte[] Value = [1, .. "liar"u8];
    private static readonly ActivityContext Parent =
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private readonly TcpNetwork _network;
    private readonly Deeds _deeds;
    private readonly Func<RequestRef?> _honest;
    private readonly Count _count;
    private readonly Address[] _servers;
    private readonly HashSet<ProcessAddress> _processes = [];
    private int _turns;

    public Liar(IEnumerable<int> ports, Deeds deeds, Func<RequestRef?> honest, Count count)
    {
        (_deeds, _honest, _count) = (deeds, honest, count);
        _network = Raft.Get(Context.System).Network.Network!; // Justification: Run has created a client, with security.
        _servers = [.. ports.Select(ServerAt)];
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    /// <summary>Lies until the token is cancelled.</summary>
    public static async Task Run(
        IReadOnlyList<int> ports, ConnectionSecurity security, Func<RequestRef?> honest, Count count, CancellationToken stop)
    {
        using var system = ActorSystem.Create("liar", HonestClient.ConfigOf(security, Intruder.Client));
        await using var client = Raft.Get(system).CreateClient<string, object?>(
            ServerId.GroupName, HonestClient.ContactsOf(ports));
        var deeds = new Deeds();
        var props = Props.Create(() => new Liar(ports, deeds, honest, count));
        system.ActorOf(props);
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
                _processes.UnionWith(located.Processes);
                break;
            case RaftStatus status:
                foreach (var member in status.Members)
                {
                    LieAboutAll(member);
                }

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
        foreach (var server in _servers)
        {
            Send(server, CallTarget.Registry, new ClientCall.Locate(ServerId.GroupName));
        }

        foreach (var process in _processes)
        {
            Send(process, new ClientCall.Status());
            for (var i = 0; i < FreshSessions; i++)
            {
                Send(process, Append(ClientSession.New(), RandomNumberGenerator.GetInt32(int.MaxValue)));
            }
        }

        if (_honest() is { } request)
        {
            LieAbout(request);
        }
    }

    // No server tells the numbers of its requests. They begin with 1.
    private void LieAboutAll(GroupMember member)
    {
        foreach (var incarnation in member.Incarnations)
        {
            LieAbout(new RequestRef(member.Name, incarnation, _turns));
        }
    }

    private void LieAbout(RequestRef request)
    {
        Member origin = new(request.Origin, request.Incarnation);
        _deeds.AddVictim(origin);
        foreach (var process in _processes)
        {
            foreach (var lie in ClaimsOf(origin, request.Number))
            {
                _count.Add();
                Send(process, lie);
            }
        }
    }

    private void Send(ProcessAddress process, ClientCall call) =>
        Send(process.Node, new CallTarget(ServerId.GroupName, process.Name), call);

    private void Send(Address server, CallTarget target, ClientCall call)
    {
        var request = call is ClientCall.Append append ? RequestRef.Of(append.Request) : default;
        _network.LinkTo(server).Send(target, call, new Asked(Self, request));
    }

    private static IEnumerable<ClientCall> ClaimsOf(Member origin, long latest)
    {
        var session = new ClientSession(origin.Incarnation.Value);
        for (var ahead = 1; ahead <= NumbersAhead; ahead++)
        {
            yield return Append(session, latest + ahead, isRetry: ahead % 2 == 0) with { Parent = Parent };
        }

        yield return Append(session, 0);
        yield return Append(session, long.MaxValue);
        yield return new ClientCall.Append(
            session, latest, RequestKey, Value, Timeout, IsRetry: true, HashedKey.Of("liar"));
    }

    private sealed class Asked(IActorRef liar, RequestRef request) : ICaller
    {
        public RequestRef Request => request;

        public void Tell(object message, IActorRef sender) => liar.Tell(message, sender);
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>What came of the lies. Only the liar changes it, and the trial reads it when the liar has ended.</summary>
    internal sealed class Deeds
    {
        private readonly HashSet<Member> _victims = [];
        private int _appended;
        private int _refused;
        private volatile bool _hasArrived;
        private RequestRef? _stolen;

        /// <summary>An Append was done after a claim.</summary>
        public bool HaveArrived => _hasArrived;

        public void AddVictim(Member origin) => _victims.Add(origin);

        public void Add(IOutcome outcome)
        {
            if (outcome.Failure is null)
            {
                _appended++;
                _hasArrived |= _victims.Count > 0;
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
            + $"and {_refused} not";
    }
}
