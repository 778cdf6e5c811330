using RaftActors.Examples;

using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace RaftActors.Hosting.Tests;

/// <summary>A projection in hosts with real groups.</summary>
public sealed class ProjectionTests
{
    private const string Name = nameof(Sums);

    private readonly int[] _ports = FreePorts.Take(3);

    [Fact]
    public async Task Host_that_starts_long_before_its_group_goes_on_and_gets_each_pair_once()
    {
        await using var node = Node(0, _ports);
        await node.StartAsync();
        var client = node.Services.GetRequiredService<RaftClient<int, int>>();
        Assert.Equal(
            FailureReason.Unavailable, (await client.QueryAsync<int>("total", TimeSpan.FromMilliseconds(500))).NotDone().Reason);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);

        await using var second = Node(1, _ports);
        await using var third = Node(2, _ports);
        await Task.WhenAll(second.StartAsync(), third.StartAsync());
        await AppendAsync(client, 1, 2, 3);

        Assert.Equal([1, 2, 3], await SumsOf(node).UntilAsync(new Serial(3)));
        Assert.False(StoppingOf(node).IsCancellationRequested);
        Assert.Equal("3 of 3", (await CheckAsync(node)).Data[Name]);
    }

    [Fact]
    public async Task Handler_that_fails_is_told_by_the_log_and_the_health_check_until_it_succeeds()
    {
        await using var node = Node(0, _ports[..1]);
        SumsOf(node).Failure = new TimeoutException("no database");
        await node.StartAsync();
        await node.AddAsync(1);

        var warning = await node.Log.NextAsync(entry => entry.Level == LogLevel.Warning && entry.Text.Contains(Name));
        var health = await CheckAsync(node);
        SumsOf(node).Failure = null;
        await node.Log.NextAsync(entry => entry.Text == $"{Name} of group counter has the pairs up to serial 1.");

        Assert.Contains("TimeoutException: no database. It will be tried again.", warning.Text);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith($"{Name} fails after serial 0, ", health.Description);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(node)).Status);
    }

    [Fact]
    public async Task Pair_that_cannot_be_read_ends_the_projection_and_not_the_host_and_is_told_with_its_key_and_the_remedy()
    {
        await using var node = new HostedNode(_ports[0], _ports[..1]);
        await node.StartAsync();
        await node.AddAsync(1);
        await using var frontEnd = FrontEnd(
            _ports[0], services => services.AddRaftClient<string, int>("counter").AddRaftProjection<Texts>());
        await frontEnd.StartAsync();

        var error = await frontEnd.Log.NextAsync(entry => entry.Level == LogLevel.Error);
        var health = await CheckAsync(frontEnd);

        Assert.StartsWith("Texts has ended at serial 0. Texts cannot read the pair with serial 1 and key 'number': A value is", error.Text);
        Assert.Equal($"{health.Description} The host goes on without this projection of group counter.", error.Text);
        Assert.Contains("Deploy a version that can, or override HandleUnreadableAsync to skip the pair.", error.Text);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.False(StoppingOf(frontEnd).IsCancellationRequested);
    }

    // Without a pair the projection waits for its client, which ends before it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_of_the_host_ends_the_projection_in_its_handler_or_without_a_pair_and_is_no_failure(bool inHandler)
    {
        var node = Node(0, _ports[..1]);
        var sums = SumsOf(node);
        sums.Waits = inHandler;
        await node.StartAsync();
        await node.AddAsync(1);
        await (inHandler ? sums.Waiting.Task.WaitAsync(Guard) : sums.UntilAsync(new Serial(1)));

        await node.DisposeAsync();

        Assert.DoesNotContain(node.Log.ReadAll(), entry => entry.Level >= LogLevel.Warning && entry.Text.Contains(Name));
        Assert.Equal(inHandler ? [] : [1], sums.Model);
    }

    [Fact]
    public async Task Projection_follows_the_client_of_its_group_and_the_start_names_a_missing_one()
    {
        HostedNode New(string? clientOf) => new(
            _ports[0],
            _ports[..1],
            null,
            services => services.AddRaftClient<int, int>(clientOf).AddRaftProjection<Sums>("votes"),
            ("RaftActors:Hocon", $"{HostedNode.Hocon}\nraft.group = votes"));
        await using (var wrong = New(clientOf: null))
        {
            var problem = await Assert.ThrowsAsync<RaftStartException>(wrong.StartAsync);
            Assert.Equal("Sums needs a client. Call services.AddRaftClient<Int32, Int32>(\"votes\").", problem.Message);
        }

        await using var node = New(clientOf: "votes");
        await node.StartAsync();
        await node.AddAsync(5);

        Assert.Equal([5], await SumsOf(node).UntilAsync(new Serial(1)));
    }

    [Fact]
    public async Task Projection_of_the_page_runs_in_a_host()
    {
        static void Add(IServiceCollection services)
        {
            services.AddRaftClient<int, int>().AddRaftProjection<Balances>();
        }

        await using var node = new HostedNode(_ports[0], _ports[..1], null, Add);
        await node.StartAsync();

        await node.Log.NextAsync(entry => entry.Text == "Balances of group counter has the pairs up to serial 0.");
    }

    private static CancellationToken StoppingOf(HostedNode node) =>
        node.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    private static Sums SumsOf(HostedNode node) => node.Services.GetRequiredService<Sums>();

    private static Task<HealthReportEntry> CheckAsync(HostedNode node) => node.CheckAsync("raft-projections");

    private static async Task AppendAsync(RaftClient<int, int> client, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            (await client.AppendAsync("number", number, Guard, requestKey: $"{number}")).OrThrow();
        }
    }

    private static void Add(IServiceCollection services) => services.AddRaftClient<int, int>("counter").AddRaftProjection<Sums>();

    private static HostedNode FrontEnd(int contact, Action<IServiceCollection>? services = null) => new(
        0,
        [],
        akka => { },
        services ?? Add,
        ("RaftActors:Node", null),
        ("RaftActors:Hocon", null),
        ("RaftActors:Contacts:0", $"127.0.0.1:{contact}"));

    private HostedNode Node(int index, int[] roster, params (string Key, string? Value)[] configuration) =>
        new(_ports[index], roster, akka => akka.WithRaftActor<Counter, Book>("counter"), Add, configuration);

    /// <summary>A read model with the amounts: that of each pair, or their sum up to a serial.</summary>
    private sealed class Sums : RaftProjection<int, int>
    {
        private readonly Channel<Serial> _reached = Channel.CreateUnbounded<Serial>();
        private Serial _serial;

        public List<int> Model { get; private set; } = [];

        public Exception? Failure { get; set; }

        public bool Waits { get; set; }

        public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Waits until the model has this pair. Then no other pair may be under way.</summary>
        public async Task<List<int>> UntilAsync(Serial serial)
        {
            using CancellationTokenSource guard = new(Guard);
            while (await _reached.Reader.ReadAsync(guard.Token) < serial)
            {
            }

            return Model;
        }

        protected override TimeSpan PauseAfter(int failures) => TimeSpan.FromMilliseconds(1);

        protected override Task<Serial> ReadSerialAsync(CancellationToken cancellationToken)
        {
            _reached.Writer.TryWrite(_serial);
            return Task.FromResult(_serial);
        }

        protected override async Task HandleAsync(Entry<int> entry, CancellationToken cancellationToken)
        {
            Waiting.TrySetResult();
            await (Failure is { } failure ? Task.FromException(failure)
                : Waits ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask);
            Model.Add(entry.Value);
            _serial = entry.Serial;
            _reached.Writer.TryWrite(_serial);
        }

        protected override async Task RebuildAsync(RaftClient<int, int> client, CancellationToken cancellationToken)
        {
            var total = await client.QueryAsync<int>("total", cancellationToken: cancellationToken);
            (Model, _serial) = ([total.Result], total.Serial);
        }
    }

    /// <summary>Reads values of another type than the group has.</summary>
    private sealed class Texts : RaftProjection<string, int>
    {
        protected override Task<Serial> ReadSerialAsync(CancellationToken cancellationToken) => Task.FromResult(Serial.Zero);

        protected override Task HandleAsync(Entry<string> entry, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
