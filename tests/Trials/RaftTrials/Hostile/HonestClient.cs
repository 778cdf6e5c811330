using RaftTrials.Load;

namespace RaftTrials.Hostile;

/// <summary>
/// A <see cref="RaftClient"/> that appends one message after the other, as the servers append the messages of their clients.
/// </summary>
internal sealed class HonestClient : IAsyncDisposable
{
    /// <summary>The name of its writer.</summary>
    public const string Name = "honest";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly RaftConnection _connection;
    private readonly RaftClient<string, object?> _client;
    private readonly CallBook _book;
    private readonly Task _run;
    private volatile Outcome<object?>? _latest;

    /// <summary>Begins to append.</summary>
    public HonestClient(IEnumerable<int> ports, ConnectionSecurity security, CallBook book)
    {
        _book = book;
        _connection = new RaftConnection(ContactsOf(ports), ConfigOf(security, "127.0.0.1"));
        _client = _connection.CreateClient<string, object?>(ServerId.GroupName);
        _run = Run();
    }

    /// <summary>Its latest Append; null: none has ended.</summary>
    public RequestRef? Latest => _latest?.Request;

    /// <summary>The configuration of an actor system that has clients of the servers.</summary>
    /// <param name="host">The own address.</param>
    public static Config ConfigOf(ConnectionSecurity security, string host) => security.With(ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = ERROR
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "{{host}}", port = 0 }
        }
        raft.transport-tcp.port-offset = 0
        """).WithFallback(Raft.DefaultConfig()));

    /// <summary>The servers, as a client names them.</summary>
    public static IReadOnlyList<string> ContactsOf(IEnumerable<int> ports) =>
        [.. ports.Select(port => $"{ServerId.GroupName}@127.0.0.1:{port}")];

    /// <summary>Returns when the last Append has ended.</summary>
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Guards.Wait);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _connection.DisposeAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task Run()
    {
        for (var number = 1; !_stop.IsCancellationRequested; number++)
        {
            var call = new WriteCall(Name, LoadCommand.Key, $"{Name}-{number}", null, Stopwatch.GetTimestamp());
            var outcome = await _client.AppendAsync(LoadCommand.IdOf(call.Value!), call.Value!, Guards.Request);
            (call.End, call.Serial) = outcome switch
            {
                { Failure: null } done => (WriteEnd.Committed, done.Serial.Value),
                { Failure.Kind: FailureKind.NotDone } => (WriteEnd.NotCommitted, 0),
                _ => (WriteEnd.Unknown, 0),
            };
            call.Ended = Stopwatch.GetTimestamp();
            _book.Add(call);
            _latest = outcome;
            await Poll.Wait(Pause, _stop.Token);
        }
    }
}
