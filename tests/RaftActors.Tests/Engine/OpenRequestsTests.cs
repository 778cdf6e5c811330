namespace RaftActors.Tests.Engine;

public sealed class OpenRequestsTests
{
    private readonly OpenRequests<string> _open = new();

    [Fact]
    public void Requests_are_taken_when_their_tick_is_due_and_not_if_they_have_ended()
    {
        _open.Add(1, "c", 3);
        _open.Add(2, "a", 1);
        _open.Add(3, "b", 1);
        _open.Remove(3);
        _open.Remove(3);

        Assert.Equal(["a"], TakeDue(2));
        Assert.Equal(["c"], TakeDue(3));
        Assert.Equal((0, 0), (_open.Count, _open.Ticks));
    }

    [Fact]
    public void Ticks_whose_requests_have_all_ended_are_forgotten_long_before_they_are_due()
    {
        for (var tick = 1; tick <= 1000; tick++)
        {
            _open.Add(tick, "request", tick);
            _open.Remove(tick);
        }

        Assert.Equal(0, _open.Ticks);
    }

    [Fact]
    public void All_are_taken_in_the_order_of_their_numbers()
    {
        _open.Add(1, "first", 3);
        _open.Add(2, "ended", 2);
        _open.Remove(2);
        _open.Add(4, "third", 1);
        _open.Add(3, "second", 1);

        Assert.Equal(["first", "second", "third"], _open.TakeAll());
        Assert.Equal((0, 0), (_open.Count, _open.Ticks));
    }

    private IEnumerable<string> TakeDue(long now)
    {
        while (_open.TryTakeDue(now, out var request))
        {
            yield return request;
        }
    }
}
