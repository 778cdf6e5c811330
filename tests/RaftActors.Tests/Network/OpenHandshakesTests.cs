namespace RaftActors.Tests.Network;

public sealed class OpenHandshakesTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly OpenHandshakes _room = new(max: 4, maxWaiting: 3);
    private readonly Dictionary<string, OpenHandshakes.Place> _started = [];
    private readonly List<string> _closed = [];

    public OpenHandshakesTests() => Machine.Use(new ClockMachine(_clock));

    public void Dispose() => Machine.Use(null);

    [Fact]
    public void Connection_of_another_address_takes_the_place_of_the_oldest_one_of_a_crowd()
    {
        Enter("10.0.0.2", "a", "b", "c", "d");

        Enter("10.0.0.1", "other");

        Assert.Equal(["a"], _closed);
        Assert.Contains("other", _started.Keys);
        Assert.Equal(4, _room.Count);
    }

    [Fact]
    public void Crowd_of_one_address_waits_in_line_and_what_the_line_cannot_hold_is_closed()
    {
        Enter("10.0.0.2", "a", "b", "c", "d", "e", "f", "g", "h");
        Assert.Equal(["a", "b", "c", "d"], _started.Keys);
        Assert.Equal(["h"], _closed);

        _room.Leave(_started["c"]);
        _room.Leave(_started["a"]);

        Assert.Equal(["a", "b", "c", "d", "e", "f"], _started.Keys);
        Assert.Equal(["h"], _closed);
    }

    [Fact]
    public void First_in_line_takes_the_place_of_one_of_its_own_address_that_was_silent_for_long()
    {
        Enter("10.0.0.2", "a", "b", "c", "d", "e");
        _clock.Advance(TimeSpan.FromSeconds(1));

        Enter("10.0.0.2", "f");

        Assert.Equal(["a"], _closed);
        Assert.Equal(["a", "b", "c", "d", "e"], _started.Keys);
    }

    [Fact]
    public void Full_line_keeps_no_other_address_out()
    {
        Enter("10.0.0.2", "a", "b", "c", "d", "e", "f", "g", "h");

        Enter("10.0.0.1", "other");

        Assert.Equal(["h", "a"], _closed);
        Assert.Contains("other", _started.Keys);
    }

    [Fact]
    public void Connection_that_cannot_begin_is_closed_and_keeps_no_place()
    {
        Enter("10.0.0.2", "a", "b", "c", "d");
        _room.Enter(IPAddress.Parse("10.0.0.2"), _ => throw new OutOfMemoryException(), () => _closed.Add("waits"));
        Enter("10.0.0.2", "e");

        _room.Leave(_started["a"]);

        Assert.Equal(["waits"], _closed);
        Assert.Equal(["a", "b", "c", "d", "e"], _started.Keys);
        _room.Leave(_started["b"]);
        Assert.Throws<OutOfMemoryException>(() => _room.Enter(
            IPAddress.Parse("10.0.0.2"), _ => throw new OutOfMemoryException(), () => _closed.Add("enters")));
        Assert.Equal((3, "enters"), (_room.Count, _closed[^1]));
    }

    [Fact]
    public void Place_that_is_free_goes_to_the_address_with_the_fewest_places()
    {
        Enter("10.0.0.1", "a", "b");
        Enter("10.0.0.2", "c", "d");
        Enter("10.0.0.1", "e");
        Enter("10.0.0.2", "f");

        _room.Leave(_started["d"]);

        Assert.Equal(["a", "b", "c", "d", "f"], _started.Keys);
    }

    [Fact]
    public void Connections_are_closed_at_the_close_and_when_they_enter_later()
    {
        Enter("10.0.0.1", "a", "b", "c", "d", "waits");
        _room.Leave(_started["b"]);
        Enter("10.0.0.1", "f");
        _room.Close();
        Enter("10.0.0.1", "late");

        Assert.Equal(["a", "c", "d", "waits", "f", "late"], _closed);
        Assert.DoesNotContain("late", _started.Keys);
    }

    private void Enter(string from, params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _room.Enter(IPAddress.Parse(from), place => _started.Add(name, place), () => _closed.Add(name));
        }
    }
}
