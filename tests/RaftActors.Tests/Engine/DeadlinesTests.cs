using RaftActors.Engine;
using RaftActors.Engine.Requests;

namespace RaftActors.Tests.Engine;

public sealed class DeadlinesTests
{
    private readonly Deadlines<string> _deadlines = new();

    [Fact]
    public void Items_are_taken_when_their_tick_is_due_and_not_if_they_were_removed()
    {
        _deadlines.Add("c", 3);
        _deadlines.Add("a", 1);
        var removed = _deadlines.Add("b", 1);
        _deadlines.Remove(removed);
        _deadlines.Remove(removed);

        Assert.Equal(["a"], TakeDue(2));
        Assert.Equal(["c"], TakeDue(3));
        Assert.Equal(0, _deadlines.Ticks);
    }

    [Fact]
    public void Ticks_whose_items_were_all_removed_are_forgotten_long_before_they_are_due()
    {
        for (var tick = 1; tick <= 1000; tick++)
        {
            _deadlines.Remove(_deadlines.Add("item", tick));
        }

        Assert.Equal(0, _deadlines.Ticks);
    }

    private IEnumerable<string> TakeDue(long now)
    {
        while (_deadlines.TryTakeDue(now, out var item))
        {
            yield return item;
        }
    }
}
