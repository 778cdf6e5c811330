namespace RaftActors.Tests.Groups;

/// <summary>A client of another actor system asks a process, whose store is in files, for snapshots over real sockets.</summary>
public sealed class SnapshotClientTests : NodesTest
{
    private readonly int _port = FreePorts.Next();

    private ProcessName Name => new($"ledger@:{_port}");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshot_is_on_the_disk_when_the_call_returns_and_the_next_start_begins_with_it(bool isStream)
    {
        var system = Start(isStream);
        var client = Connect();
        await AppendAsync(client, 1, 2, 3);
        Assert.Empty(Files());

        var snapshot = await client.SnapshotOfAsync(Name, Guard, default);

        var file = Assert.Single(Files());
        Assert.Equal(new Serial(3), snapshot.Position.Serial);
        Assert.InRange(snapshot.Length, 1, file.Length);
        Assert.Equal(new Serial(3), await client.TakeSnapshotAsync(Name, Guard));
        Assert.Equal(file.Name, Assert.Single(Files()).Name);

        await AppendAsync(client, 4);
        await system.Terminate();
        Start(isStream);

        Assert.Equal("restored 6 at 3, then 4", (await client.QueryAsync<string>("history", Guard)).Result);
    }

    [Fact]
    public async Task Calls_of_many_clients_are_answered_by_one_snapshot()
    {
        Start(isStream: false);
        var client = Connect();
        await AppendAsync(client, 1, 2, 3);

        var snapshots = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.TakeSnapshotAsync(Name, Guard)));

        Assert.Single(snapshots.Distinct());
        Assert.Single(Files());
    }

    [Fact]
    public async Task Cancelled_call_ends_at_once()
    {
        using var end = new CancellationTokenSource();
        var call = Connect().TakeSnapshotAsync(Name, Timeout.InfiniteTimeSpan, end.Token);

        await end.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => call.WaitAsync(Guard));
    }

    private static async Task AppendAsync(RaftClient<int, int> client, params int[] amounts)
    {
        foreach (var amount in amounts)
        {
            (await client.AppendAsync("key", amount, Guard)).OrThrow();
        }
    }

    private FileInfo[] Files() =>
        [.. new DirectoryInfo(Folder.Path).GetFiles("*", SearchOption.AllDirectories).Where(file => file.FullName.Contains("snapshots"))];

    private ActorSystem Start(bool isStream)
    {
        var config = ConfigurationFactory.ParseString($"raft.store.directory = \"{Folder.Path}\"")
            .WithFallback(RemoteNode.ConfigOf("ledger", _port));
        var system = ActorSystem.Create("ledgers", config);
        Own(system);
        system.ActorOf(isStream ? Props.Create(() => new Streamed()) : Props.Create(() => new Ledger()), "ledger");
        return system;
    }

    private RaftClient<int, int> Connect()
    {
        var system = ActorSystem.Create("caller", RemoteNode.Network);
        Own(system);
        return Raft.Get(system).CreateClient<int, int>("default", [$"127.0.0.1:{_port}"]);
    }

    private sealed class Ledger : RaftActor<int, int>, IRaftSnapshot<int>
    {
        private int _total;
        private string _history = "";

        public int TakeSnapshot(Serial serial) => _total;

        public void RestoreSnapshot(Serial serial, int state) => (_total, _history) = (state, $"restored {state} at {serial}, then");

        protected override int HandleAppend(Entry<int> entry)
        {
            _history += $" {entry.Value}";
            return _total += entry.Value;
        }

        protected override object HandleQuery(object question) => _history;
    }

    private sealed class Streamed : RaftActor<int, int>, IRaftStreamSnapshot
    {
        private int _total;
        private string _history = "";

        public StateWriter TakeSnapshot(Serial serial)
        {
            var total = _total;
            return (state, _) =>
            {
                state.Write(BitConverter.GetBytes(total));
                return Task.CompletedTask;
            };
        }

        public void RestoreSnapshot(Serial serial, Stream state)
        {
            var bytes = new byte[sizeof(int)];
            state.ReadExactly(bytes);
            (_total, _history) = (BitConverter.ToInt32(bytes), $"restored {BitConverter.ToInt32(bytes)} at {serial}, then");
        }

        protected override int HandleAppend(Entry<int> entry)
        {
            _history += $" {entry.Value}";
            return _total += entry.Value;
        }

        protected override object HandleQuery(object question) => _history;
    }
}
