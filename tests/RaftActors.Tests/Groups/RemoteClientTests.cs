namespace RaftActors.Tests.Groups;

/// <summary>A process that is no member calls a group over real sockets.</summary>
public sealed class RemoteClientTests : NodesTest
{
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task Append_from_another_actor_system_commits_and_returns_the_result()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");

        var first = await client.AppendAsync("clicks", 40);
        var second = await client.AppendAsync("clicks", 2);

        Assert.Equal((new Serial(1), 40), (first.OrThrow().Serial, first.OrThrow().ResultOr(-1)));
        Assert.Equal((new Serial(2), 42), (second.OrThrow().Serial, second.OrThrow().ResultOr(-1)));
    }

    [Fact]
    public async Task Append_that_names_the_last_serial_is_refused_behind_another_one()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");
        var seen = await client.AppendAsync("clicks", 40, ifSerial: Serial.Zero);

        Assert.Equal(42, (await client.AppendAsync("clicks", 2, ifSerial: seen.Serial)).Result);
        Assert.Equal(FailureReason.Outdated, (await client.AppendAsync("clicks", 2, ifSerial: seen.Serial)).NotDone().Reason);
        Assert.Equal(42, (await client.QueryAsync<int>("total")).Result);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.AppendAsync("clicks", 2, ifSerial: new Serial(-1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => client.AppendAsync("clicks", 2, requestKey: new RequestKey("key", new Serial(-1))));
    }

    [Fact]
    public async Task Query_and_get_and_status_are_answered_in_another_actor_system()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");
        await client.AppendAsync("clicks", 40);

        Assert.Equal(40, (await client.QueryAsync<int>("total")).Result);
        Assert.Equal(40, (await client.QueryAsync<int>("total", consistency: ReadConsistency.NotOlderThan(new Serial(1)))).Result);
        Assert.Equal(40, (await client.QueryAsync<int>("total", consistency: ReadConsistency.Within(TimeSpan.FromSeconds(1)))).Result);
        Assert.Equal(new Serial(1), (await client.QueryAsync<int>("total")).Serial);
        Assert.Equal(("clicks", 40), (await client.GetAsync(new Serial(1))).Result is { } entry ? (entry.Key, entry.Value) : default);
        Assert.Null((await client.GetAsync(new Serial(2))).Result);
        var status = await client.StatusAsync();
        Assert.Equal(($"counter@:{port}", RaftRole.Leader), (status.Leader?.Value, Assert.Single(status.Processes).Role));
        Assert.Empty(status.Silent);
        Assert.Contains("Leader in term", await client.ExplainAsync());
    }

    [Fact]
    public async Task Latest_events_of_a_process_are_told_in_their_order_and_older_ones_are_forgotten()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");
        var process = new ProcessName($"counter@:{port}");
        await client.AppendAsync("clicks", 1);

        var first = await client.EventsAsync(process);
        for (var number = 0; number < 30; number++)
        {
            await client.JoinAsync(new ProcessName("late@:1"));
            await client.LeaveAsync(new ProcessName("late@:1"));
        }

        var later = await client.EventsAsync(process);

        Assert.Equal(
            ["candidate in term 1", $"elected leader in term 1 by {process}", $"{process} leads in term 1"],
            first?.Select(told => told.Text).Where(text => text.Contains("in term", StringComparison.Ordinal)));
        Assert.Equal(50, later!.Count);
        Assert.DoesNotContain(later, told => told.Text == "candidate in term 1");
        Assert.Equal(later.OrderBy(told => told.At), later);
        Assert.Null(await client.EventsAsync(new ProcessName("unknown@:1")));
    }

    [Fact]
    public async Task Process_refuses_a_call_that_only_a_node_answers()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");
        ClientQuestion question = new(
            client.Settings.Requests.QueryTimeout, new ClientCall.ListProcesses(null), to: new ProcessName($"counter@:{port}"));

        var answer = await client.AskAsync(question, default);

        Assert.Equal(FailureReason.Invalid, Assert.IsType<ClientReply.Failed>(answer.Reply).Failure.Reason);
    }

    [Fact]
    public async Task Change_is_answered_in_another_actor_system()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");

        var join = await client.JoinAsync(new ProcessName("late@:1"));
        var unknown = await client.LeaveAsync(new ProcessName("unknown@:1"));

        Assert.Contains(join.OrThrow().ResultOr(null!).Members, member => member.Name.Process == "late");
        Assert.Equal(FailureReason.Invalid, unknown.NotDone().Reason);
    }

    [Fact]
    public async Task Subscription_yields_the_pairs_before_and_after_its_start_in_order()
    {
        var port = StartCounter();
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");
        await Task.WhenAll(Enumerable.Range(1, 300).Select(number => client.AppendAsync("clicks", number)));
        var seen = new List<int>();

        await foreach (var entry in client.SubscribeAsync(after: new Serial(100)))
        {
            seen.Add(entry.Value);
            if (entry.Serial.Value == 300)
            {
                _ = client.AppendAsync("clicks", 301);
            }

            if (entry.Serial.Value == 301)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(101, 201), seen);
    }

    [Fact]
    public async Task Value_of_another_type_is_refused_before_it_reaches_an_actor()
    {
        var port = StartCounter();
        var contact = $"127.0.0.1:{port}";
        await using var wrong = NewClient<string, int>(contact);
        await using var right = NewClient<int, int>(contact);

        var refused = (await wrong.AppendAsync("clicks", "one")).NotDone();
        var taken = await right.AppendAsync("clicks", 1);

        Assert.Equal(FailureReason.Invalid, refused.Reason);
        Assert.Contains("A value is of type String; this actor's values are of type Int32.", refused.Detail);
        Assert.Equal(new Serial(1), taken.OrThrow().Serial);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_that_cannot_be_written_ends_long_before_its_timeout_and_other_calls_go_on(bool hasSystem)
    {
        string[] contacts = [$"127.0.0.1:{StartCounter()}"];
        var settings = ConfigurationFactory.ParseString("raft { pair-size-max = 500b, transport-tcp.frame-size-max = 1KiB }");
        await using var connection = new RaftConnection(contacts, settings);
        IRaftClients clients = hasSystem ? Raft.Get(Start("shop", settings)) : connection;
        await using var client = clients.CreateClient<int, int>("default", contacts);
        await client.AppendAsync("clicks", 40);
        var (hour, guard) = (TimeSpan.FromHours(1), TimeSpan.FromSeconds(30));

        var question = (await client.QueryAsync<int>(new string('a', 2000), hour).WaitAsync(guard)).NotDone();
        var join = (await client.JoinAsync(new ProcessName("half \ud83d@:1"), timeout: hour).WaitAsync(guard)).NotDone();

        Assert.Equal((FailureReason.Invalid, FailureReason.Invalid), (question.Reason, join.Reason));
        Assert.StartsWith("A Query to ", question.Detail);
        Assert.Contains("was not sent. It does not fit into a frame (raft.transport-tcp.frame-size-max)", question.Detail);
        Assert.Contains("A frame has at most 1024 bytes here. Send less,", question.Detail);
        Assert.StartsWith("A Change to ", join.Detail);
        Assert.Equal(40, (await client.QueryAsync<int>("total")).Result);
    }

    [Fact]
    public async Task Text_with_half_a_surrogate_pair_is_refused_before_it_is_sent()
    {
        var half = $"half {'\ud83d'} of it";
        await using var connection = new RaftConnection(["127.0.0.1:1"]);
        var client = connection.CreateClient<string, string>("counter");

        await RefusedAsync(() => client.AppendAsync(half, "value"));
        await RefusedAsync(() => client.AppendAsync("key", half));
        await RefusedAsync(() => client.AppendAsync("key", "value", requestKey: new RequestKey(half)));
        await RefusedAsync(() => client.QueryAsync<string>(half));
        await RefusedAsync(() => Task.FromResult(connection.CreateClient<string, string>(half)));

        async Task RefusedAsync(Func<Task> call) => Assert.StartsWith(
            "A text of 12 characters has half a surrogate pair, U+D83D at index 5, so it is no Unicode. Separate texts only",
            (await Assert.ThrowsAsync<ArgumentException>(call)).Message);
    }

    [Fact]
    public async Task Result_of_a_type_that_the_client_does_not_know_fails_the_call_at_once()
    {
        var port = FreePorts.Next();
        Start("counters", RemoteNode.ConfigOf("counter", port)).ActorOf(Props.Create(() => new Priced()), "counter");
        await using var client = NewClient<int, int>($"127.0.0.1:{port}");

        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => client.AppendAsync("clicks", 1));

        Assert.Contains("is committed, and this client cannot read its result.", problem.Message);
        Assert.Contains("AddResultType<Price>()", problem.Message);
    }

    [Fact]
    public async Task Client_of_a_program_without_an_actor_system_appends_and_asks_and_follows()
    {
        var port = StartCounter();
        await using var connection = new RaftConnection([$"127.0.0.1:{port}"]);
        var client = connection.CreateClient<int, int>("default");

        Assert.Equal(40, (await client.AppendAsync("clicks", 40)).OrThrow().ResultOr(-1));
        Assert.Equal(40, (await client.QueryAsync<int>("total")).Result);
        Assert.Equal(40, (await client.SubscribeAsync(Serial.Zero).FirstAsync()).Value);
        Assert.Equal("/user/counter", Assert.Single((await client.StatusAsync()).Processes).Actor?.Path.ToStringWithoutAddress());
    }

    // A timer takes whole milliseconds up to 49 days, and one of 0 ms fires once.
    [Theory]
    [InlineData("5ms")]
    [InlineData("1h")]
    [InlineData("10675199d")]
    public async Task Client_of_a_program_without_an_actor_system_ends_its_calls_at_their_timeouts_with_any_attempt_timeout(string timeout)
    {
        await using var connection = new RaftConnection(
            ["127.0.0.1:1"],
            ConfigurationFactory.ParseString($"raft.client {{ attempt-timeout = {timeout}, close-timeout = {timeout} }}"));
        var client = connection.CreateClient<int, int>("counter");

        var outcome = await client.AppendAsync("clicks", 1, TimeSpan.FromMilliseconds(100)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(FailureReason.NoLeader, outcome.NotDone().Reason);
    }

    [Fact]
    public void Client_of_a_program_without_an_actor_system_has_no_serializers_of_akka()
    {
        var problem = Assert.Throws<RaftConfigurationException>(
            () => new RaftConnection(["127.0.0.1:1"]).CreateClient<Price, int>("counter"));

        Assert.Contains("Add it to the JsonSerializerContext of RaftConnection.UseJson", problem.Message);
        Assert.Contains("set the argument codec of the client to RaftCodec.Json<Price>()", problem.Message);
        Assert.Contains("or create the client in an actor system, by Raft.CreateClient", problem.Message);
    }

    [Fact]
    public async Task Client_in_an_actor_system_without_an_address_calls_other_nodes()
    {
        var port = StartCounter();
        await using var client = Raft.Get(Sys).CreateClient<int, int>("default", [$"127.0.0.1:{port}"]);

        Assert.True(Raft.Get(Sys).Network.Address.HasLocalScope);
        Assert.Equal(40, (await client.AppendAsync("clicks", 40)).OrThrow().ResultOr(-1));
    }

    [Fact]
    public async Task Client_without_types_shows_and_changes_the_group()
    {
        var port = StartCounter();
        await using var client = Raft.Get(Start("shop", Config.Empty)).CreateClient(
            "default", [$"127.0.0.1:{port}"]);

        var change = await client.SetMaxQuorumAsync(5);

        Assert.Equal($"counter@:{port}", Assert.Single(change.OrThrow().ResultOr(null!).Members).Name.Value);
        Assert.Equal(5, Assert.Single((await client.StatusAsync()).Processes).MaxQuorum);
    }

    [Fact]
    public async Task Client_without_contacts_finds_a_group_of_its_own_node()
    {
        StartCounter();
        await using var client = Raft.Get(_systems.Single()).CreateClient<int, int>();

        Assert.Equal(40, (await client.AppendAsync("clicks", 40)).OrThrow().ResultOr(-1));
        Assert.Equal(40, (await client.QueryAsync<int>("total")).Result);
    }

    [Fact]
    public async Task Append_to_a_contact_that_no_process_listens_at_ends_as_not_committed()
    {
        await using var client = NewClient<int, int>($"127.0.0.1:{FreePorts.Next()}");

        var outcome = await client.AppendAsync("clicks", 1, TimeSpan.FromMilliseconds(300));

        var refused = outcome.NotDone();
        Assert.Equal(FailureReason.NoLeader, refused.Reason);
        Assert.Contains("raft.client.contacts", refused.Detail);
        Assert.Equal(
            FailureReason.Unavailable, (await client.QueryAsync<int>("total", TimeSpan.FromMilliseconds(300))).NotDone().Reason);
    }

    [Fact]
    public async Task Client_with_as_many_open_appends_as_it_allows_refuses_the_next_one_at_once()
    {
        await using var client = Raft.Get(Start("shop", "raft.client.pending-max = 1")).CreateClient<int, int>("default");
        var first = client.AppendAsync("clicks", 1);

        var second = await client.AppendAsync("clicks", 2);

        Assert.Equal(FailureReason.Busy, second.NotDone().Reason);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task Cancelled_append_and_disposed_client_end_unsent_appends_as_not_committed()
    {
        using var cancellation = new CancellationTokenSource();
        var client = Raft.Get(Start("shop", Config.Empty)).CreateClient<int, int>("default");
        var first = client.AppendAsync("clicks", 1, cancellationToken: cancellation.Token);
        var second = client.AppendAsync("clicks", 2);

        await cancellation.CancelAsync();
        Assert.Equal(FailureReason.Canceled, (await first).NotDone().Reason);
        await client.DisposeAsync();

        Assert.Equal(FailureReason.Closed, (await second).NotDone().Reason);
        Assert.Equal(FailureReason.Closed, (await client.AppendAsync("clicks", 3)).NotDone().Reason);
    }

    private int StartCounter()
    {
        var port = FreePorts.Next();
        Start("counters", RemoteNode.ConfigOf("counter", port)).ActorOf(Props.Create(() => new Counter()), "counter");
        return port;
    }

    private RaftClient<TValue, TResult> NewClient<TValue, TResult>(string contact) =>
        Raft.Get(Start("shop", Config.Empty)).CreateClient<TValue, TResult>("default", [contact]);

    private ActorSystem Start(string name, Config config)
    {
        var system = ActorSystem.Create(name, config.WithFallback(RemoteNode.Network));
        _systems.Add(Own(system));
        return system;
    }

    private sealed record Price(int Cents);

    private sealed class Priced : RaftActor<int, Price>
    {
        protected override RaftCodec<Price>? ResultCodec => RaftCodec.Json<Price>();

        protected override Price HandleAppend(Entry<int> entry) => new(entry.Value);
    }

    private sealed class Counter : RaftActor<int, int>
    {
        private int _total;

        protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;

        protected override object? HandleQuery(object question) => question is "total" ? _total : null;
    }
}
