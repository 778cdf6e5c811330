using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

using RaftActors.Cli.Security;
using RaftActors.Clients;
using RaftActors.Wire;

using Message = RaftActors.Cli.Server.Message;

namespace RaftActors.Cli.Tests.Client;

/// <summary>A group whose answers the test chooses. So a test can force answers that are rare in a real group.</summary>
internal sealed class FakeGroup : RaftClient<string, string>
{
    private static readonly ConcurrentBag<Socket> Holders = [];

    private long _serial;

    public override string Group => ServerId.GroupName;

    /// <summary>The servers that the command named.</summary>
    public ServerId[] Contacts { get; private set; } = [];

    /// <summary>The outcome of an append; null: none comes. By default each is committed, in order, from serial 1.</summary>
    public Func<AppendKey, string, Outcome<string>?>? OnAppend { get; init; }

    /// <summary>The outcome of a change; null: none comes.</summary>
    public Func<Outcome<Membership>?> OnChange { get; init; } = () => Done;

    public Func<GroupStatus> OnStatus { get; init; } = () => new GroupStatus(ServerId.GroupName, [], []);

    /// <summary>The messages of the log after a serial, and the last serial that is applied.</summary>
    public Func<long, (Message[] Page, long Last)> OnRead { get; init; } = _ => ([], 0);

    /// <summary>The snapshot of a process. By default none takes any.</summary>
    public Func<ProcessName, ClientReply.SnapshotTaken> OnSnapshot { get; init; } = _ => throw RaftException.Unavailable("No snapshots.");

    /// <summary>The description of the node of a process; null: it does not answer.</summary>
    public Func<ProcessName, ClientReply.Description?> OnDescribe { get; init; } = _ => null;

    public string Explanation { get; init; } = "";

    /// <summary>All appended messages with their request ids, in order.</summary>
    public ConcurrentQueue<(string Id, string Text)> Appends { get; } = new();

    /// <summary>All changes, in order.</summary>
    public ConcurrentQueue<string> Changes { get; } = new();

    public static Outcome<Membership> Done => new() { Serial = new Serial(1) };

    /// <summary>The outcome of an append whose request id the log has with this message.</summary>
    public static Outcome<string> Committed(long serial, string attempt, string text) =>
        new() { Serial = new Serial(serial), Result = $"{new AppendResult(serial, attempt, AppendResult.ChecksumOf(text))}" };

    public static Outcome<string> NotCommitted(string why) => RaftFailure.NotDone(FailureReason.NoLeader, why).ToOutcome<string>();

    /// <summary>
    /// An address without a listener. A socket holds the port until the process ends: a parallel test program could listen on a free one.
    /// </summary>
    public static ServerId Dead()
    {
        var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Holders.Add(holder);
        return new ServerId("", ((IPEndPoint)holder.LocalEndPoint!).Port); // Justification: a bound socket has an address.
    }

    /// <summary>For a run whose Ctrl-C is a token of the test.</summary>
    public RunSettings RunSettings => new(
        new ServersTarget(RunSettings.DefaultServers), TimeSpan.FromHours(1), IsJson: false, ConnectionSecurity.None, Connect);

    public RaftClient<string, string> Connect(ServerId[] servers)
    {
        Contacts = servers;
        return this;
    }

    public override async Task<Outcome<string>> AppendAsync(
        string key, string value, TimeSpan? timeout, RequestKey? requestKey, Serial? ifSerial, CancellationToken cancellationToken)
    {
        var appended = AppendKey.Of(key);
        Assert.Equal(appended.Id, requestKey?.Text);
        Appends.Enqueue((appended.Id, value));
        var outcome = OnAppend is null
            ? Committed(Interlocked.Increment(ref _serial), appended.Attempt, value)
            : OnAppend(appended, value);
        return outcome ?? RaftFailure.Unknown(await Silence(timeout, cancellationToken)).ToOutcome<string>();
    }

    public override Task<Outcome<string>> AppendManyAsync(
        IReadOnlyCollection<(string Key, string Value)> pairs,
        TimeSpan? timeout,
        RequestKey? requestKey,
        Serial? ifSerial,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<GroupStatus> StatusAsync(ProcessName? process, TimeSpan? timeout, CancellationToken cancellationToken) =>
        process is null ? Task.FromResult(OnStatus()) : base.StatusAsync(process, timeout, cancellationToken);

    internal override async Task<ClientAnswer> AskAsync(ClientQuestion question, CancellationToken cancellationToken)
    {
        var asked = question.To ?? default;
        object? reply = question.Call switch
        {
            ClientCall.Status => OnStatus().Processes.FirstOrDefault(process => process.Name == asked),
            ClientCall.Explain => new Outcome<string> { Result = Explanation },
            ClientCall.Describe => OnDescribe(asked),
            ClientCall.TakeSnapshot => OnSnapshot(asked),
            ClientCall.Change(var change, _) => OnChangeTo(change),
            _ => throw new NotSupportedException($"{question.Call}"),
        };
        var isSilent = reply is null && question.Call is ClientCall.Change;
        var cause = isSilent ? await Silence(question.Timeout, cancellationToken) : FailureReason.TimedOut;
        return new ClientAnswer(reply, WasSent: true, cause, "");
    }

    private Outcome<Membership>? OnChangeTo(GroupChange change)
    {
        Changes.Enqueue(change switch
        {
            GroupChange.Members { What: MemberChange.Join(var name, var votes) } => $"join {name}{(votes ? "" : " without a vote")}",
            GroupChange.Members { What: MemberChange.Leave(var name, _) } => $"leave {name}",
            GroupChange.Members { What: MemberChange.SetMaxQuorum(var max) } => $"quorum {max}",
            GroupChange.Members { What: MemberChange.Raise { Format: { } level } } => $"level {level}",
            GroupChange.Members { What: MemberChange.Raise { Logic: var version } } => $"version {version}",
            GroupChange.Transfer(var to) => $"transfer {to}",
            _ => $"{change}",
        });
        return OnChange();
    }

    public override Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        object question, TimeSpan? timeout, ReadConsistency? consistency, CancellationToken cancellationToken)
    {
        var (page, last) = OnRead((long)question);
        return Task.FromResult(
            new Outcome<TAnswer> { Serial = new Serial(last), Result = (TAnswer)(object)MessageLogFormat.Write(page) });
    }

    public override Task<Outcome<Entry<string>?>> GetAsync(Serial serial, TimeSpan? timeout, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override IAsyncEnumerable<Entry<string>> SubscribeAsync(Serial after, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<FailureReason> Silence(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        await Task.Delay(timeout!.Value, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return cancellationToken.IsCancellationRequested ? FailureReason.Canceled : FailureReason.TimedOut;
    }
}
