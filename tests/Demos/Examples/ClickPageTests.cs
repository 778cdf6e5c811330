using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Tests the page against a scripted client, without an actor system.</summary>
public sealed class ClickPageTests
{
    private readonly ScriptedClient<int, int> _client = new();
    private readonly ClickPage _page;

    public ClickPageTests() => _page = new ClickPage(_client);

    [Fact]
    public async Task Page_shows_each_outcome_of_a_click()
    {
        _client.OnAppend = (key, value, _) => new() { Serial = _client.Commit(key, value).Serial, Result = 42 };
        Assert.Equal("the total is 42", await _page.ClickAsync());

        _client.OnAppend = (_, _, _) => new() { Failure = new(FailureKind.NotDone, FailureReason.Busy, "too many clicks") };
        Assert.Equal("try again: too many clicks", await _page.ClickAsync());

        _client.OnAppend = (_, _, _) => new() { Failure = new(FailureKind.Unknown, FailureReason.TimedOut, "no answer") };
        Assert.Equal("counted already, later or never: TimedOut", await _page.ClickAsync());
    }

    [Fact]
    public async Task Page_shows_the_answer_of_a_query()
    {
        _client.OnQuery = question => question is "total" ? 7 : null;

        Assert.Equal("the total is 7", await _page.ShowAsync());
    }

    [Fact]
    public async Task Page_sums_the_clicks_before_and_after_its_call()
    {
        _client.Commit("clicks", 1);
        _client.Commit("clicks", 20);
        var sum = _page.SumAsync(after: new Serial(1), count: 2);

        _client.Commit("clicks", 300);

        Assert.Equal(320, await sum);
    }

    [Fact]
    public async Task Call_without_a_script_fails_as_without_a_group()
    {
        Assert.Equal("try again: The test has no script for this call.", await _page.ClickAsync());
        await Assert.ThrowsAsync<RaftException>(_page.ShowAsync);
        Assert.Equal(FailureReason.NoLeader, (await _client.TransferLeadershipAsync()).Failure?.Reason);
    }

    [Fact]
    public async Task Subscription_ends_when_the_client_is_disposed()
    {
        var sum = _page.SumAsync(after: default, count: 1);

        await _client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => sum);
    }
}
