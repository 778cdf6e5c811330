namespace RaftActors.Coordination.Tests;

/// <summary>Programs without an actor system use the locks and items of three real nodes.</summary>
[Collection(SharedNodes.Name)]
public sealed class ConnectionTests(SharedNodes shared) : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private readonly RaftConnection _connection = new([.. shared.All.Select(node => $"127.0.0.1:{node.Address.Port}")]);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _connection.DisposeAsync().AsTask();

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Lock_of_a_program_is_held_until_it_is_disposed_and_others_read_its_name()
    {
        await using var other = RaftCoordination.Connect(_connection);
        var program = RaftCoordination.Connect(_connection, "report");
        var held = await program.LockAsync("connection/report", text: "10.0.0.1", cancellationToken: _limit.Token);
        Assert.Null(await shared.All[0].Coordination.TryLockAsync("connection/report", cancellationToken: _limit.Token));
        Assert.Null(await other.TryLockAsync("connection/report", cancellationToken: _limit.Token));

        var holder = Assert.Single(await HoldersAsync(other, "connection/report"));
        Assert.Equal(("report", "10.0.0.1", held.Token), (holder.Owner, holder.Text, holder.Token));
        var waiting = other.LockAsync("connection/report", cancellationToken: _limit.Token);
        await program.DisposeAsync();

        Assert.False(held.IsHeld);
        await using var next = await waiting;
        Assert.True(next.Token > held.Token);
        Assert.Equal(
            $"{Environment.MachineName}/{Environment.ProcessId}", Assert.Single(await HoldersAsync(other, "connection/report")).Owner);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => program.LockAsync("connection/report", cancellationToken: _limit.Token));
    }

    [Fact]
    public async Task Item_of_a_program_is_read_on_a_node_and_one_of_its_session_goes_with_it()
    {
        var program = RaftCoordination.Connect(_connection);
        await program.Items.PutAsync("connection/stays", "1", cancellationToken: _limit.Token);
        await program.Items.PutAsync("connection/goes", "2", new() { OfSession = true }, cancellationToken: _limit.Token);
        var node = shared.All[1].Coordination.Items;
        Assert.Equal(["2", "1"], (await node.ListAsync("connection/", cancellationToken: _limit.Token)).Select(item => item.Value));

        await program.DisposeAsync();

        Assert.Equal(["1"], (await node.ListAsync("connection/", cancellationToken: _limit.Token)).Select(item => item.Value));
    }

    [Fact]
    public async Task Transaction_of_a_program_changes_all_items_or_none_and_a_watch_never_sees_half_of_it()
    {
        var program = RaftCoordination.Connect(_connection);
        var (items, node) = (program.Items, shared.All[1].Coordination.Items);
        await using var watch = node.WatchAsync("deal/", Guard, _limit.Token).GetAsyncEnumerator();
        await NextAsync("", [null]);

        var first = await CommitAsync(items, each => each
            .Expect("deal/a", 0).Put("deal/a", "1").Put("deal/b", "2").Put("deal/c", "3", new() { OfSession = true }));
        await NextAsync($"1 {first}, 2 {first}, 3 {first}", "deal/a", "deal/b", "deal/c");
        var refused = await Assert.ThrowsAsync<RaftException>(
            () => CommitAsync(items, each => each.Put("deal/b", "4").Delete("deal/c").Expect("deal/a", first - 1)));
        var missing = await Assert.ThrowsAsync<RaftException>(() => CommitAsync(items, each => each.Delete("deal/a").Expect("deal/d", 7)));
        var second = await CommitAsync(node, each => each
            .Put("deal/a", "5", new() { ExpectedVersion = first }).Delete("deal/b", first).Delete("deal/d"));
        await NextAsync($"5 {second}, 3 {first}", "deal/a", "deal/b");
        await program.DisposeAsync();
        await NextAsync($"5 {second}", "deal/c");

        Assert.Equal((FailureKind.NotDone, FailureReason.Outdated), (refused.Failure?.Kind, refused.Failure?.Reason));
        Assert.Equal(
            $"The transaction is not done, because 'deal/a' has version {first} and the caller expects version {first - 1}. Read it again, "
                + "and decide again.",
            refused.Failure?.Detail);
        Assert.Contains("because there is no item 'deal/d' and the caller expects version 7", missing.Failure?.Detail);

        Task<long> CommitAsync(RaftItems by, Action<ItemTransaction> fill) => by.CommitAsync(fill, Guard, _limit.Token);

        // The watch tells these changes, or all items, each with all items after the pair.
        async Task NextAsync(string expected, params string?[] names)
        {
            foreach (var name in names)
            {
                Assert.True(await watch.MoveNextAsync());
                Assert.Equal(name, watch.Current.Name);
                Assert.Equal(expected, string.Join(", ", watch.Current.Items.Values.Select(item => $"{item.Value} {item.Version}")));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Watch_ends_when_the_program_or_its_connection_is_disposed(bool isOfProgram)
    {
        await using var program = RaftCoordination.Connect(_connection);
        await using var watch = program.Items.WatchAsync("none/", cancellationToken: _limit.Token).GetAsyncEnumerator(_limit.Token);
        Assert.True(await watch.MoveNextAsync());
        var next = watch.MoveNextAsync().AsTask();

        await (isOfProgram ? program.DisposeAsync() : _connection.DisposeAsync());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next);
    }

    [Fact]
    public async Task Program_that_only_reads_items_opens_no_session_and_has_no_leases()
    {
        await using var program = RaftCoordination.Connect(_connection, "reader");

        Assert.Null(await program.Items.GetAsync("none", cancellationToken: _limit.Token));

        Assert.Empty(program.Problems);
        Assert.Equal("coordination", program.Group);
        Assert.Null(program.Sessions.Current);
    }

    [Fact]
    public void Wrong_settings_of_the_coordination_are_refused()
    {
        RaftConnection connection = new(["127.0.0.1:1"], ConfigurationFactory.ParseString("raft-coordination.session-timeout = 1ms"));

        var refused = Assert.Throws<RaftConfigurationException>(() => RaftCoordination.Connect(connection));

        Assert.Contains("raft-coordination.session-timeout", refused.Message);
    }

    // As the group knows them now.
    private async Task<IReadOnlyList<RaftClaim>> HoldersAsync(RaftCoordination program, string name)
    {
        await foreach (var holders in program.ObserveAsync(name, cancellationToken: _limit.Token))
        {
            return holders;
        }

        return [];
    }
}
