using Akka.Configuration;

using RaftActors.Cli.Security;
using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary>The <see cref="RaftClient"/> of one command, whose contacts are those of its target. Thread-safe.</summary>
internal sealed class GroupClient : IDisposable
{
    private const string Late = "The time is up, and the request may have reached a leader.";

    private readonly Lock _lock;
    private readonly RunSettings _settings;
    private readonly Action<ProcessName> _redirected;
    private readonly CancellationToken _interrupted;
    private readonly CancellationTokenSource _end;
    private readonly Dictionary<string, string> _refused;
    private readonly Dictionary<string, TaskCompletionSource> _contacts;
    private readonly RaftConnection? _connection;
    private bool _isReached;
    private ProcessName? _leader;

    /// <param name="redirected">Called on any thread with the leader if the user named other members.</param>
    /// <exception cref="RaftConfigurationException">A certificate or key cannot be read.</exception>
    public GroupClient(RunSettings settings, Action<ProcessName> redirected, TimeSpan attemptTimeout, CancellationToken interrupted)
    {
        (_lock, _refused, _settings, _redirected, _interrupted) = (new Lock(), [], settings, redirected, interrupted);
        _end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        _contacts = settings.Target.Contacts.Select(contact => contact.Key).Distinct().ToDictionary(
            key => key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var given = settings.Target is ServersTarget(var servers) ? settings.Connect?.Invoke(servers) : null;
        _isReached = given is not null;
        _connection = given is null ? Connect(settings, attemptTimeout) : null;
        Raft = given ?? CreateClient();
    }

    // A client of another group of the same application, which shares the connections.
    private GroupClient(GroupClient first, string group)
    {
        _settings = first._settings with { Target = first._settings.Target with { Group = group } };
        (_lock, _refused, _contacts, _redirected) = (first._lock, first._refused, first._contacts, first._redirected);
        (_interrupted, _connection, _isReached) = (first._interrupted, first._connection, true);
        _end = CancellationTokenSource.CreateLinkedTokenSource(first.End);
        Raft = CreateClient();
    }

    public Target Target => _settings.Target;

    /// <summary>The client. Its types are for servers. Calls to the groups of applications do not use them.</summary>
    public RaftClient<string, string> Raft { get; }

    /// <summary>Cancelled by Ctrl-C, and when no contact can be reached.</summary>
    public CancellationToken End => _end.Token;

    public CancellationToken Interrupted => _interrupted;

    public bool IsInterrupted => _interrupted.IsCancellationRequested;

    /// <summary>Ends when the first attempt to connect to each contact has ended.</summary>
    public Task Attempts => _settings.Connect is null ? Task.WhenAll(_contacts.Values.Select(each => each.Task)) : Task.CompletedTask;

    /// <summary>Says why the contact at an address cannot be reached, if that is known.</summary>
    public string? WhyUnreached(string? address)
    {
        lock (_lock)
        {
            return address is not null && _refused.GetValueOrDefault(address) is { } why
                ? $"cannot reach {_settings.Target.Contacts.First(contact => contact.Key == address).Shown}: {why}"
                : null;
        }
    }

    /// <summary>Asks all known processes of the group for their state, as <see cref="RaftClient.StatusAsync"/> does.</summary>
    /// <exception cref="RaftException">No process of the group answered in time.</exception>
    public async Task<GroupStatus> StatusAsync(CancellationToken end)
    {
        var status = await Raft.StatusAsync(cancellationToken: end).ConfigureAwait(false);
        TellRedirect();
        return status;
    }

    /// <summary>Returns the group of the nodes, if they have one only.</summary>
    /// <exception cref="RaftException">They have none or several, or none answered.</exception>
    public async Task<string> OnlyGroupAsync(TimeSpan timeout)
    {
        const int ShownMax = 10;
        var nodes = await Connection.NodesAsync(timeout, End).ConfigureAwait(false);
        string[] groups =
        [
            .. nodes.SelectMany(node => node.Processes).Select(process => process.Group).Distinct().Order(StringComparer.Ordinal),
        ];
        return groups is [var only] ? only : throw NoAnswer(groups.Length == 0
            ? "The nodes have no group. Start its actors, or name other nodes by --contacts."
            : $"--group is missing: the nodes have {groups.Length} groups: "
                + $"{string.Join(", ", groups.Take(ShownMax))}{(groups.Length > ShownMax ? ", ..." : "")}. Name one of them.");
    }

    /// <summary>Makes a client of another group of the same application. It must be disposed before this one.</summary>
    public GroupClient Of(string group) => new(this, group);

    /// <summary>The connection to the nodes. The program ends with it.</summary>
    // Justification: without a given client there is a connection.
    public RaftConnection Connection => _connection!;

    public static RaftException NoAnswer(string why) => new(new RaftFailure(FailureKind.NotDone, FailureReason.Unavailable, why));

    public RequestOutcome Change(Func<RaftClient, CancellationToken, Task<Outcome<Membership>>> change)
    {
        var failure = change(Raft, End).GetAwaiter().GetResult().Failure;
        TellRedirect();
        return failure is null ? new RequestOutcome.Done() : Failed(failure);
    }

    /// <summary>Reports the leader once if the user named other members. Call it after a call that the leader answers.</summary>
    public void TellRedirect()
    {
        lock (_lock)
        {
            if (Raft.Leader is not { } leader || leader == _leader)
            {
                return;
            }

            _leader = leader;
            if (_settings.Target.IsRedirect(leader))
            {
                _redirected(leader);
            }
        }
    }

    // Only for reasons that the client itself finds, the state of the connections is the cause. The answer of a process with another
    // reason may come before the news that its connection is open.
    public RequestOutcome Failed(RaftFailure failure)
    {
        if (failure.Kind == FailureKind.Unknown)
        {
            return Unknown(why: null);
        }

        var why = _settings.Target.Show(failure.Detail);
        return new RequestOutcome.NotDone(
            failure.Reason is FailureReason.NoLeader or FailureReason.Canceled or FailureReason.Closed ? WhyNot(why) : why,
            failure.Reason == FailureReason.Unauthorized);
    }

    /// <param name="why">The cause, unless it is Ctrl-C. Default: no answer came in time.</param>
    public RequestOutcome Unknown(string? why) => new RequestOutcome.Unknown(IsInterrupted ? RequestOutcome.Interrupted : why ?? Late);

    /// <summary>Asks the group, and returns why there is no answer, or null if there is one.</summary>
    public string? TryAsk<T>(Func<Task<T>> ask, out T answer)
    {
        try
        {
            answer = ask().GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e) when (e is RaftException or OperationCanceledException or InvalidDataException)
        {
            answer = default!; // Justification: the caller uses the answer only without a reason.
            return Clause.Of(WhyNot(_settings.Target.Show((e as RaftException)?.Failure?.Detail ?? e.Message)));
        }
    }

    /// <summary>Ends the connections without waiting for it, because the command is over.</summary>
    public void Dispose()
    {
        _ = Raft.DisposeAsync().AsTask();
        _end.Dispose();
    }

    private RaftClient<string, string> CreateClient() => Connection.CreateClient<string, string>(_settings.Target.Group);

    private RaftConnection Connect(RunSettings settings, TimeSpan attemptTimeout) => new(
        [.. settings.Target.Contacts.Select(contact => contact.Key)], settings.Security.With(ConfigOf(settings, attemptTimeout)), On);

    private static Config ConfigOf(RunSettings settings, TimeSpan attemptTimeout) => ConfigurationFactory.ParseString(
        $$"""
        raft {
          {{(settings.Target.PortOffset is { } offset ? $"transport-tcp.port-offset = {offset}" : "")}}
          pair-size-max = {{MessageLimits.PairBytesMax}}b
          append-timeout = {{(long)settings.Timeout.TotalMilliseconds}}ms
          query-timeout = {{(long)settings.Timeout.TotalMilliseconds}}ms
          client.attempt-timeout = {{(long)Math.Max(1, attemptTimeout.TotalMilliseconds)}}ms
        }
        raft-coordination {
          {{(settings.Target.Group == ApplicationTarget.Unknown ? "" : $"group = {ConnectionSecurity.Quoted(settings.Target.Group)}")}}
        }
        """);

    private string WhyNot(string why)
    {
        lock (_lock)
        {
            return IsInterrupted ? RequestOutcome.Interrupted : _isReached ? why : string.Join("; ", _settings.Target.Contacts.Select(
                contact => $"cannot reach {contact.Shown}: {_refused.GetValueOrDefault(contact.Key) ?? "no answer"}"));
        }
    }

    // Called after each attempt to connect.
    private void On(string node, Exception? failure)
    {
        lock (_lock)
        {
            if (failure is not null)
            {
                OnRefused(node, WhyOf(failure));
                return;
            }

            _isReached = true;
            _refused.Remove(node);
            _contacts.GetValueOrDefault(node)?.TrySetResult();
        }
    }

    private void OnRefused(string node, string why)
    {
        if (!_contacts.TryGetValue(node, out var attempt))
        {
            return;
        }

        _refused[node] = why;
        attempt.TrySetResult();
        if (!_isReached && _refused.Count == _contacts.Count)
        {
            // Nothing was sent to any node, and each has refused. Waiting would help only if a node is about to start.
            _ = _end.CancelAsync();
        }
    }

    private string WhyOf(Exception failure) => Clause.Of(failure.Message) switch
    {
        var why when failure is InvalidDataException => _settings.Security.IsOn ? why : $"{_settings.Target.WhyRefused} ({why})",
        var why when _settings.Target.PortOffset is not null => why,
        var why => $"{why}; nodes with another raft.transport-tcp.port-offset than 1000 need --port-offset",
    };
}
