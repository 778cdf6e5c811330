namespace RaftActors.Tests;

/// <summary>
/// A raft actor that tells its watcher, in words, each callback; it fetches what is missing, and serves from the log.
/// </summary>
internal class Recorder : RaftActor<string, int>
{
    private readonly IActorRef _watcher;
    private Leader? _leader;

    public Recorder(IActorRef watcher, RaftOptions<string>? options = null)
        : base(options)
    {
        _watcher = watcher;
        Receive<Append>(append => Group.Append(append.Key, append.Value, append.Timeout, Sender, append.RequestKey));
        Receive<IReadOnlyCollection<(string, string)>>(pairs => Group.AppendMany(pairs, replyTo: Sender));
        Receive<Get>(get => Group.Get(get.Serial));
        Receive<Query>(query => Group.Query(query.Question, query.Timeout, Sender, query.Consistency));
        Receive<Transfer>(transfer => Change(new GroupChange.Transfer(transfer.To), transfer.Timeout));
        Receive<Join>(join => Change(new GroupChange.Members(new MemberChange.Join(join.Name), join.BasedOn)));
        Receive<Leave>(leave => Change(new GroupChange.Members(new MemberChange.Leave(leave.Name, leave.Incarnation), leave.BasedOn)));
        Receive<SetMaxQuorum>(set => Change(new GroupChange.Members(new MemberChange.SetMaxQuorum(set.Max), set.BasedOn)));
        Receive<Explain>(_ => Call(new ClientCall.Explain(), Sender));
        Receive<GetStatus>(_ => Sender.Tell(Group.Status));
        Receive<GetView>(_ => Sender.Tell(new View(Group.Leader, Group.Quorum, Group.Peers)));
        Receive<Snap>(_ => Group.TakeSnapshot());
        Receive<Exception>(problem => throw problem);
    }

    /// <summary>The preloaded pairs of a process: key1=value1 and so on.</summary>
    public static (string Key, string Value)[] Pairs(int count) => [.. Enumerable.Range(1, count).Select(n => ($"key{n}", $"value{n}"))];

    protected override void PreStart() => Tell("started");

    protected override void HandleQuorum(Quorum? quorum) =>
        Tell(quorum is null ? "quorum lost" : $"quorum of {quorum.Members.Length}, {(quorum.IsMember ? "member" : "learner")}");

    // Reported once for each election, and not again when the leader is ready.
    protected override void HandleLeader(Leader? leader)
    {
        if (leader is null || _leader?.Term != leader.Term)
        {
            Tell(leader is null ? "leader lost" : leader.IsSelf ? "leads" : $"led by {leader.Name.Process} at {leader.Serial}");
        }

        _leader = leader;
    }

    protected override void HandleMissing(SerialRange gap)
    {
        Tell($"missing {gap}");
        Group.Get(gap);
    }

    protected override int HandleAppend(Entry<string> entry)
    {
        Tell($"append {entry.Serial} {entry.Key}={entry.Value}{(entry.Request is null ? "" : " own")}");
        return entry.Key == "poison" ? throw new InvalidOperationException("poison") : entry.Value.Length;
    }

    protected override void HandleSerial(Entry<string> entry) => Tell($"serial {entry.Serial} {entry.Key}={entry.Value}");

    protected override string? HandleProposal(Proposal<string> proposal) => proposal.Value switch
    {
        "no" => $"no from {proposal.Origin.Process}",
        "half" => "half of \ud83d",
        "broken" => throw new InvalidOperationException("broken"),
        _ => null,
    };

    protected override object? HandleQuery(object question)
    {
        Tell($"query {question} at {Group.Serial}");
        return question is "poison" ? throw new InvalidOperationException("poison") : Group.Serial;
    }

    protected override void HandleCancel(CanceledCall call) => Tell($"cancel {call.Failure}");

    protected void Tell(string what) => _watcher.Tell(what);

    // If this process does not lead, a client asks the others.
    private void Change(GroupChange change, TimeSpan? timeout = null)
    {
        ClientCall.Change call = new(change, timeout ?? TimeSpan.FromSeconds(10));
        Call(call, new Changer(RaftActors.Raft.Get(Context.System).CreateClient(Group.Status.Group), call, Sender));
    }

    // As a client of this process does.
    private void Call(ClientCall call, ICanTell caller)
    {
        var calls = NodeNetwork.Of(Context.System).Calls.Find(new CallTarget(Group.Status.Group, Group.Self))!;
        calls.Add(call, caller);
        calls.Announce();
    }

    internal sealed record Append(string Key, string Value, TimeSpan? Timeout = null, RequestKey? RequestKey = null);

    internal sealed record Get(Serial Serial);

    internal sealed record Query(string Question, TimeSpan? Timeout = null, ReadConsistency? Consistency = null);

    internal sealed record Transfer(ProcessName? To, TimeSpan? Timeout = null);

    internal sealed record Join(ProcessName Name, LogIndex? BasedOn = null);

    internal sealed record Leave(ProcessName Name, LogIndex? BasedOn = null, Incarnation? Incarnation = null);

    internal sealed record SetMaxQuorum(int Max, LogIndex? BasedOn = null);

    internal sealed record Explain;

    internal sealed record GetStatus;

    internal sealed record GetView;

    internal sealed record View(Leader? Leader, Quorum? Quorum, IReadOnlyList<Peer> Peers);

    internal sealed record Snap;

    private sealed class Changer(RaftClient client, ClientCall.Change call, IActorRef asker) : ICanTell
    {
        public async void Tell(object message, IActorRef sender)
        {
            if (message is ClientReply.Declined)
            {
                var answer = await client.AskAsync(new ClientQuestion(call.Timeout, call, mayRepeat: false), CancellationToken.None);
                message = answer.Reply ?? answer;
            }

            asker.Tell(message, sender);
        }
    }
}
