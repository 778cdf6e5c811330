namespace RaftActors.Coordination.Tests;

/// <summary>The calls of a group, over a client that loses answers.</summary>
public sealed class GroupCallTests
{
    [Theory]
    [InlineData("open")]
    [InlineData("acquire")]
    [InlineData("release")]
    [InlineData("close")]
    public async Task Command_of_a_session_is_appended_again_until_an_answer_comes(string name)
    {
        var client = new FakeClient { Lost = 2 };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);

        Assert.NotNull(await AppendAsync(calls, name));

        Assert.Equal(3, client.Attempts);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("put")]
    [InlineData("delete")]
    [InlineData("commit")]
    public async Task Write_whose_outcome_is_unknown_is_not_appended_again(string name)
    {
        var client = new FakeClient { LosesAnswer = _ => true };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);

        Assert.Null(await AppendAsync(calls, name));

        Assert.Equal(1, client.Attempts);
    }

    [Fact]
    public async Task Addition_whose_outcome_is_unknown_is_not_made_twice()
    {
        var client = new FakeClient { LosesAnswer = command => command is Command.Add };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        var items = new RaftItems(calls, null!); // Justification: no item of a session is written.

        await Assert.ThrowsAsync<RaftException>(() => items.AddAsync("counter"));

        Assert.Equal("1", (await items.GetAsync("counter"))?.Value);
    }

    [Fact]
    public async Task Write_that_was_certainly_not_made_is_appended_again()
    {
        var client = new FakeClient { Refused = 2 };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);

        Assert.NotNull(await AppendAsync(calls, "add"));

        Assert.Equal(3, client.Attempts);
    }

    [Fact]
    public async Task Transaction_waits_for_the_version_of_its_group_and_is_refused_without_it()
    {
        var (soon, never) = (Refusing(2), Refusing(int.MaxValue));
        await using CoordinationCalls calls = new(soon, TimeProvider.System);
        await using CoordinationCalls others = new(never, TimeProvider.System);

        // Justification: no item of a session is written.
        await new RaftItems(calls, null!).CommitAsync(each => each.Put("a", "1"), Timeout());
        var refused = await Assert.ThrowsAsync<RaftException>(
            () => new RaftItems(others, null!).CommitAsync(each => each.Put("a", "1"), TimeSpan.FromMilliseconds(100)));

        Assert.Equal(3, soon.Attempts);
        Assert.Equal((FailureKind.NotDone, FailureReason.NotYet), (refused.Failure?.Kind, refused.Failure?.Reason));

        static FakeClient Refusing(int attempts) => new() { Refused = attempts, RefusedAs = FailureReason.NotYet };
    }

    [Fact]
    public async Task Watch_that_falls_behind_gets_all_items_again()
    {
        await using var calls = new CoordinationCalls(new FakeClient(), TimeProvider.System);
        var items = new RaftItems(calls, null!); // Justification: no item of a session is written.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var watch = items.WatchAsync("shops/", cancellationToken: limit.Token).GetAsyncEnumerator();
        Assert.Empty((await NextAsync(watch)).Items);
        for (var i = 0; i < Items.ChangesMax; i++)
        {
            await items.PutAsync("shops/a", $"{i}");
        }

        for (var i = 0; i < Items.ChangesMax; i++)
        {
            Assert.Equal($"{i}", (await NextAsync(watch)).Items["shops/a"].Value);
        }

        for (var i = 0; i < Items.ChangesMax + 1; i++)
        {
            await items.PutAsync("other", $"{i}");
        }

        var again = await NextAsync(watch);
        Assert.Null(again.Name);
        Assert.Single(again.Items);

        // Asked before the change, so the group does not answer for a while.
        var next = NextAsync(watch);
        await items.DeleteAsync("shops/a");
        Assert.Equal("shops/a", (await next).Name);
        Assert.Empty((await next).Items);
    }

    private static async Task<RaftItemChange> NextAsync(IAsyncEnumerator<RaftItemChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }

    private static Task<(Answer Answer, long Serial)?> AppendAsync(CoordinationCalls calls, string name) => calls.AppendAsync(
        "a",
        name switch
        {
            "open" => new Command.Open(TimeSpan.FromSeconds(1)),
            "add" => new Command.Add(1),
            "put" => new Command.Put("", null, 0, null),
            "delete" => new Command.Delete(null),
            "commit" => new Command.Commit([new ItemPart("a", Deletes: true)], 0),
            "acquire" => new Command.Acquire(1, 1, 1, true, null),
            "release" => new Command.Release(1, 1),
            _ => new Command.Close(1),
        },
        Timeout());

    private static TimeSpan Timeout() => TimeSpan.FromMinutes(5);
}
