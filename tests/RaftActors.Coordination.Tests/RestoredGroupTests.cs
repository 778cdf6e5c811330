using System.Threading.Channels;

namespace RaftActors.Coordination.Tests;

/// <summary>What a program is told, and which numbers it gets, when the group was restored from a backup.</summary>
public sealed class RestoredGroupTests : IDisposable
{
    private static readonly ProcessName Self = new("coordination@node1");

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly List<ActorSystem> _systems = [];

    public void Dispose()
    {
        _systems.ForEach(system => Assert.True(system.Terminate().Wait(Guard)));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Tokens_and_versions_only_grow_when_one_backup_is_restored_twice()
    {
        var before = Start("before");
        await using var client = Raft.Get(before).CreateClient<object?, object?>("coordination");
        List<long> stamps = [.. await TakeStampsAsync(before)];
        await client.BackupAsync(Path.Combine(_folder, "backup"));
        stamps.AddRange(await TakeStampsAsync(before));
        await before.Terminate();

        foreach (var name in (string[])["first", "second"])
        {
            await RestoreAsync(name);
            var after = Start(name);
            stamps.AddRange(await TakeStampsAsync(after));
            await after.Terminate();
        }

        // Also after a restart of the restored group.
        stamps.AddRange(await TakeStampsAsync(Start("second")));
        Assert.Equal(stamps.Order().Distinct(), stamps);
    }

    [Fact]
    public async Task Write_with_a_version_that_the_backup_lacks_is_refused_after_the_restore()
    {
        var before = Start("before");
        await using var client = Raft.Get(before).CreateClient<object?, object?>("coordination");
        await client.BackupAsync(Path.Combine(_folder, "backup"));
        var seen = await RaftCoordination.Get(before).Items.PutAsync("one", "seen", timeout: Guard);
        await before.Terminate();
        await RestoreAsync("after");
        var items = RaftCoordination.Get(Start("after")).Items;

        // Without eras a write of the restored group gets this version again.
        for (var number = 0; number < seen; number++)
        {
            await items.PutAsync("one", $"{number}", timeout: Guard);
        }

        var refused = await Assert.ThrowsAsync<RaftException>(() => items.PutAsync("one", "mine", new() { ExpectedVersion = seen }, Guard));
        Assert.Equal(FailureReason.Outdated, refused.Failure?.Reason);
    }

    [Fact]
    public async Task Watch_of_before_a_restore_is_told_all_items()
    {
        var client = new RestorableClient();
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        var items = new RaftItems(calls, null!); // Justification: no item of a session is written.
        using var limit = new CancellationTokenSource(Guard);
        await using var watch = items.WatchAsync("", cancellationToken: limit.Token).GetAsyncEnumerator();
        client.Put("old");
        client.Backup();
        client.Put("lost1");
        client.Put("lost2");
        Assert.Equal(["lost1", "lost2", "old"], await AllAsync(watch));

        client.Restore();
        client.Put("new");
        Assert.Equal(["new", "old"], await AllAsync(watch));

        client.Put("next");
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("next", watch.Current.Name);
    }

    private static async Task<IEnumerable<string>> AllAsync(IAsyncEnumerator<RaftItemChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        Assert.Null(watch.Current.Name);
        return watch.Current.Items.Keys;
    }

    // Two of a lock, and two of an item.
    private static async Task<long[]> TakeStampsAsync(ActorSystem system)
    {
        var coordination = RaftCoordination.Get(system);
        var stamps = new long[4];
        for (var number = 0; number < 2; number++)
        {
            await using var held = await coordination.LockAsync("billing").WaitAsync(Guard);
            stamps[2 * number] = held.Token;
            stamps[(2 * number) + 1] = await coordination.Items.PutAsync("one", "");
        }

        return stamps;
    }

    private Task RestoreAsync(string directory) => new RaftRestore(Guid.NewGuid(), [Self]).RunAsync(
        [Path.Combine(_folder, "backup")], Path.Combine(_folder, directory), Self);

    private ActorSystem Start(string directory)
    {
        var system = ActorSystem.Create("one", ConfigurationFactory.ParseString(
            $$"""
            # A node alone that stops in order would wait for a leader that ends its session.
            akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.run-by-actor-system-terminate = off }
            raft { node = node1, quorum.allow-fewer-than-three = on, nodes = [node1] }
            raft.store.directory = "{{Path.Combine(_folder, directory)}}"
            """).WithFallback(RaftCoordination.DefaultConfig()));
        _systems.Add(system);
        _ = RaftCoordination.Get(system);
        return system;
    }

    /// <summary>A client of a group that is one state in memory. It goes over to the restored group, as a real one does.</summary>
    private sealed class RestorableClient : CallsOnlyClient
    {
        private readonly Channel<long> _pairs = Channel.CreateUnbounded<long>();
        private CoordinationState _state = new();
        private (CoordinationImage Image, long Serial) _backup;
        private long _serial;
        private long _era;

        public void Put(string name)
        {
            lock (_pairs)
            {
                _state.Apply(name, new Command.Put("", null, 0, null), ++_serial, era: _era);
                _pairs.Writer.TryWrite(_serial);
            }
        }

        public void Backup() => _backup = (_state.ToImage(), _serial);

        public void Restore()
        {
            lock (_pairs)
            {
                (_state, _serial, _era) = (CoordinationState.Of(_backup.Image), _backup.Serial, 1_000);
            }
        }

        public override Task<Outcome<Answer>> AppendAsync(
            string key, Command value, TimeSpan? timeout, RequestKey? requestKey, Serial? ifSerial, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override async Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
            object question, TimeSpan? timeout, ReadConsistency? consistency, CancellationToken cancellationToken)
        {
            if (consistency?.NotBelow is not null)
            {
                await _pairs.Reader.ReadAsync(cancellationToken);
            }

            lock (_pairs)
            {
                var answer = CoordinationJson.ToBytes(_state.Answer(CoordinationJson.ToQuestion(question)));
                return consistency?.NotBelow is { } serial && serial.Value > _serial
                    ? RaftFailure.NotDone(FailureReason.Unavailable, $"Serial {serial} is not committed.").ToOutcome<TAnswer>()
                    : new Outcome<TAnswer> { Serial = new Serial(_serial), Result = (TAnswer)(object)answer };
            }
        }
    }
}
