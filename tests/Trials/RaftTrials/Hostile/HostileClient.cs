using System.Buffers;

using RaftActors.Coordination.State;

namespace RaftTrials.Hostile;

/// <summary>
/// A client of the coordination group that has the rights of its role, and writes its questions and commands itself. So it says what no
/// program with RaftCoordination would say.
/// </summary>
internal sealed class HostileClient : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    // The first three once stopped the actor of the group a second later, when it looked for questions that had waited for too long.
    private static readonly string[] Questions =
    [
        """{"$":"changes","After":9223372036854775807}""",
        """{"$":"changes","Prefix":null,"After":9223372036854775807}""",
        """{"$":"lock","Name":null,"Known":[]}""",
        """{"$":"claim","Session":-1,"Claim":-1}""",
        """{"$":"overview","Lock":7}""",
        """{"$":"nothing"}""",
        "{}",
        "null",
        "\0",
        new('[', 10_000),
    ];

    // The value of a pair may be anything that its codec writes, and null.
    private static readonly string?[] Values =
    [
        null,
        "null",
        "{}",
        """{"$":"open"}""",
        """{"$":"open","Timeout":"-1.00:00:00"}""",
        """{"$":"put","Value":null,"Lifetime":"-00:00:01"}""",
        """{"$":"acquire","Session":-1,"Claim":-9223372036854775808,"Permits":0}""",
        """{"$":"nothing"}""",
    ];

    private readonly RaftConnection _connection;
    private readonly RaftClient<string?, Answer> _client;
    private string? _obeyed;

    public HostileClient(IEnumerable<int> ports, ConnectionSecurity security)
    {
        _connection = new RaftConnection(HonestClient.ContactsOf(ports), HonestClient.ConfigOf(security, Intruder.Client));
        _client = _connection.CreateClient(
            TargetCommand.CoordinationGroup, codec: new Raw(), resultCodec: RaftCodec.Json(CoordinationJson.Default.Answer));
    }

    /// <summary>Asks questions that lack a part, or are none.</summary>
    public Task AskNonsense(Count count, CancellationToken stop) => Turns(stop, async () =>
    {
        // All at a time: one that waits must not hold up the others.
        await Task.WhenAll(Questions.Select(question => AskAsync(question, ReadConsistency.Local, stop)));
        await Task.WhenAll(Questions.Select(question => AskAsync(question, ReadConsistency.Linearizable, stop)));
        count.Add(2 * Questions.Length);
    });

    /// <summary>Appends values that are no commands.</summary>
    public Task AppendNonsense(Count count, CancellationToken stop) => Turns(stop, async () =>
    {
        var outcomes = await Task.WhenAll(Values.Select(value => AppendAsync("nonsense", value, stop)));
        count.Add(Values.Length);
        TrialFailure.Unless(outcomes[0] is not { Failure: null }, "the coordination group has committed the value null");
    });

    /// <summary>Commands the sessions and claims of all other programs, which an overview tells to each reader.</summary>
    public Task CommandOthers(Count count, CancellationToken stop) => Turns(stop, async () =>
    {
        if (await AskAsync("""{"$":"overview"}""", ReadConsistency.Local, stop) is not { } bytes)
        {
            return;
        }

        var overview = JsonSerializer.Deserialize(bytes, CoordinationJson.Default.RaftOverview)!; // Justification: no answer is null.
        var sessions = overview.Sessions.SelectMany(session => OnSession(session.Id, session.Owner));
        var releases = overview.Locks.SelectMany(held => held.Holders.Select(each => Command(
            held.Name, $$"""{"$":"release","Session":{{each.Session}},"Claim":{{each.Claim}}}""")));
        await Task.WhenAll(sessions.Concat(releases));

        IEnumerable<Task> OnSession(long id, string owner) =>
        [
            Command(owner, $$"""{"$":"renew","Session":{{id}}}"""),
            Command(HonestHolder.Lock, $$"""{"$":"acquire","Session":{{id}},"Claim":{{long.MaxValue}},"Permits":1}"""),
            Command(HonestHolder.Lock, $$"""{"$":"release","Session":{{id}},"Claim":{{long.MaxValue}}}"""),
            Command("item", $$"""{"$":"put","Session":{{id}},"Value":"mine"}"""),
            Command(owner, $$"""{"$":"close","Session":{{id}}}"""),
        ];

        async Task Command(string key, string command)
        {
            count.Add();
            if (await AppendAsync(key, command, stop) is not { HasResult: true, Result: var answer })
            {
                return;
            }

            _obeyed = answer is Answer.NoSession or Answer.Refused ? _obeyed : $"{command} with {answer}";
        }
    });

    /// <exception cref="TrialFailure">The group has obeyed a command.</exception>
    public void Demand() =>
        TrialFailure.IfAny(_obeyed, obeyed => $"the coordination group has answered a hostile client's command {obeyed}");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task Turns(CancellationToken stop, Func<Task> turn)
    {
        while (!stop.IsCancellationRequested)
        {
            await turn();
            await Poll.Wait(Pace.Turn, stop);
        }
    }

    private Task<Outcome<Answer>> AppendAsync(string key, string? value, CancellationToken stop) =>
        _client.AppendAsync(key, value, Timeout, cancellationToken: stop);

    // Null: the question failed.
    private async Task<byte[]?> AskAsync(string question, ReadConsistency consistency, CancellationToken stop)
    {
        try
        {
            return (await _client.QueryAsync<byte[]>(Encoding.UTF8.GetBytes(question), Timeout, consistency, stop)).Result;
        }
        catch (Exception e) when (e is RaftException or OperationCanceledException)
        {
            return null;
        }
    }

    // Writes a text as it is.
    private sealed class Raw : RaftCodec<string?>
    {
        public override void Encode(string? value, IBufferWriter<byte> output) => output.Write(Encoding.UTF8.GetBytes(value ?? ""));

        public override string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
    }
}
