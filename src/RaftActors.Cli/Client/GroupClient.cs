using Akka.Actor;
using Akka.Configuration;

using RaftActors.Clients;
using RaftActors.Network;

namespace RaftActors.Cli.Client;

/// <summary>The <see cref="RaftClient"/> of one command, whose contacts are the servers of <c>-S</c>. Thread-safe.</summary>
internal sealed class GroupClient : IDisposable
{
    private const string Late = "The time is up, and the request may have reached a leader.";

    private readonly Lock _lock = new();
    private readonly ClientSettings _settings;
    private readonly Action<ServerId> _redirected;
    private readonly CancellationToken _interrupted;
    private readonly CancellationTokenSource _end;
    private readonly Dictionary<string, string> _refused = [];
    private readonly Dictionary<string, TaskCompletionSource> _contacts;
    private bool _isReached;
    private ServerId? _leader;

    /// <param name="redirected">Called with the leader, if it is none of the servers of <c>-S</c>. Called by any thread.</param>
    /// <param name="patience">The time without an answer until another server is asked.</param>
    /// <param name="interrupted">Cancelled by Ctrl-C.</param>
    /// <exception cref="RaftConfigurationException">The files of the security cannot be read.</exception>
    public GroupClient(ClientSettings settings, Action<ServerId> redirected, TimeSpan patience, CancellationToken interrupted)
    {
        (_settings, _redirected, _interrupted) = (settings, redirected, interrupted);
        _end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        _contacts = settings.Servers.Select(KeyOf).Distinct().ToDictionary(
            key => key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var given = settings.Connect?.Invoke(settings.Servers);
        _isReached = given is not null;
        Raft = given ?? RaftClient.Create<string, string>(
            [.. settings.Servers.Select(server => $"{ServerId.GroupName}@{KeyOf(server)}")],
            ServerId.GroupName,
            settings: settings.Security.With(ConfigOf(settings.Timeout, patience)),
            configure: Listen);
    }

    public RaftClient<string, string> Raft { get; }

    /// <summary>Cancelled by Ctrl-C, and when no server of <c>-S</c> can be reached.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Interrupted => _interrupted;

    /// <summary>Whether Ctrl-C has ended the command.</summary>
    public bool IsInterrupted => _interrupted.IsCancellationRequested;

    /// <summary>Ends when the first attempt to connect to a server of <c>-S</c> has ended.</summary>
    public Task AttemptAt(ServerId server) => _settings.Connect is null ? _contacts[KeyOf(server)].Task : Task.CompletedTask;

    /// <summary>Why the server of <c>-S</c> cannot be reached; null: it can, or that is not known.</summary>
    public string? WhyUnreached(ServerId server)
    {
        lock (_lock)
        {
            return _refused.GetValueOrDefault(KeyOf(server)) is { } why ? $"cannot reach {server}: {why}" : null;
        }
    }

    /// <summary>Makes a change of the group.</summary>
    public RequestOutcome Change(Func<RaftClient, CancellationToken, Task<Outcome<Membership>>> change) =>
        change(Raft, End).GetAwaiter().GetResult().Match<RequestOutcome>(_ => new RequestOutcome.Done(), NotDone, Unknown);

    public RequestOutcome NotDone<T>(Outcome<T>.NotCommitted outcome) =>
        new RequestOutcome.NotDone(WhyNot(ServerId.Show(outcome.Detail)), outcome.Reason == NotCommittedReason.Unauthorized);

    public RequestOutcome Unknown<T>(Outcome<T>.Unknown outcome) =>
        new RequestOutcome.Unknown(IsInterrupted ? RequestOutcome.Interrupted : Late);

    /// <summary>Asks for something that changes nothing, and reports that there is no answer.</summary>
    /// <param name="code">The exit code, if there is no answer.</param>
    public bool TryAsk<T>(Func<Task<T>> ask, CommandEnvironment environment, out T answer, out int code)
    {
        var why = TryAsk(ask, out answer);
        code = IsInterrupted ? ExitCode.Interrupted : ExitCode.Failed;
        if (why is not null && !IsInterrupted)
        {
            environment.Output.Flush();
            environment.Error.WriteLine($"raft: {why}");
        }

        return why is null;
    }

    /// <summary>Asks for something that changes nothing. Returns why there is no answer; null: there is one.</summary>
    public string? TryAsk<T>(Func<Task<T>> ask, out T answer)
    {
        try
        {
            answer = ask().GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e) when (e is RaftException or OperationCanceledException or InvalidDataException)
        {
            answer = default!; // Justification: the caller sees the reason.
            return Clause.Of(WhyNot(ServerId.Show(e.Message)));
        }
    }

    /// <summary>Ends the connections. Does not wait for that: the command is over.</summary>
    public void Dispose()
    {
        _ = Raft.DisposeAsync().AsTask();
        _end.Dispose();
    }

    private static string KeyOf(ServerId server) => $"{server.Hostname}:{server.Port}";

    private static string KeyOf(ConnectionNews news) => $"{news.Address.Host}:{news.Address.Port}";

    private static Config ConfigOf(TimeSpan timeout, TimeSpan patience) => ConfigurationFactory.ParseString(
        $$"""
        akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }
        raft {
          transport-tcp.at-address = on
          pair-size-max = {{MessageLimits.PairBytesMax}}b
          query-timeout = {{(long)timeout.TotalMilliseconds}}ms
          client.attempt-timeout = {{(long)Math.Max(1, patience.TotalMilliseconds)}}ms
        }
        """);

    private string WhyNot(string why)
    {
        lock (_lock)
        {
            return IsInterrupted ? RequestOutcome.Interrupted : _isReached ? why : string.Join("; ", _settings.Servers.Select(
                server => $"cannot reach {server}: {_refused.GetValueOrDefault(KeyOf(server)) ?? "no answer"}"));
        }
    }

    private void Listen(Raft raft)
    {
        var listener = new Listener(raft.System, this);
        foreach (var news in (Type[])[typeof(ConnectionNews.Refused), typeof(ConnectionNews.Opened), typeof(ClientActor.LeaderFound)])
        {
            raft.System.EventStream.Subscribe(listener, news);
        }
    }

    private void On(object news)
    {
        lock (_lock)
        {
            switch (news)
            {
                case ConnectionNews.Opened opened:
                    _isReached = true;
                    _refused.Remove(KeyOf(opened));
                    _contacts.GetValueOrDefault(KeyOf(opened))?.TrySetResult();
                    break;
                case ConnectionNews.Refused refused when _contacts.TryGetValue(KeyOf(refused), out var attempt):
                    _refused[KeyOf(refused)] = WhyOf(refused);
                    attempt.TrySetResult();
                    if (!_isReached && _refused.Count == _contacts.Count)
                    {
                        // Nothing was sent to any server, and each has refused: waiting would help only if one is about to start.
                        _ = _end.CancelAsync();
                    }

                    break;
                case ClientActor.LeaderFound found when ServerId.TryParse(found.Leader.Node, out var leader) && leader != _leader:
                    _leader = leader;
                    if (!_settings.Servers.Contains(leader))
                    {
                        _redirected(leader);
                    }

                    break;
            }
        }
    }

    private string WhyOf(ConnectionNews.Refused refused) => refused.IsByPeer && !_settings.Security.IsOn
        ? $"no raft server listens at this address, or it needs --tls-cert or --secrets ({Clause.Of(refused.Why)})"
        : Clause.Of(refused.Why);

    /// <summary>Hears the events of the client on the thread that publishes them, so before the calls that follow them.</summary>
    private sealed class Listener(ActorSystem system, GroupClient client) : MinimalActorRef
    {
        public override ActorPath Path { get; } = ((ExtendedActorSystem)system).Provider.TempPath();

        public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender) => client.On(message);
    }
}
