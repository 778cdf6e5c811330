using System.Net;

using RaftActors.Network;

namespace RaftActors.Tests.Network;

public sealed class OpenHandshakesTests
{
    private readonly OpenHandshakes _room = new(max: 4);
    private readonly List<string> _closed = [];

    [Fact]
    public void Flood_from_one_address_keeps_out_only_itself()
    {
        Enter("10.0.0.1", "slow");
        for (var number = 1; number <= 10; number++)
        {
            Enter("10.0.0.2", $"flood {number}");
        }

        Assert.Equal(4, _room.Count);
        Assert.Equal([.. Enumerable.Range(1, 7).Select(number => $"flood {number}")], _closed);
    }

    [Fact]
    public void Connection_that_has_left_makes_room()
    {
        var places = Enumerable.Range(1, 4).Select(number => Enter("10.0.0.1", $"{number}")).ToArray();

        _room.Leave(places[1]);
        Enter("10.0.0.1", "5");

        Assert.Empty(_closed);
    }

    [Fact]
    public void Connections_are_closed_at_the_close_and_when_they_enter_later()
    {
        Enter("10.0.0.1", "1");
        _room.Leave(Enter("10.0.0.1", "2"));
        _room.Close();
        Enter("10.0.0.1", "3");

        Assert.Equal(["1", "3"], _closed);
    }

    private OpenHandshakes.Place Enter(string from, string name) => _room.Enter(IPAddress.Parse(from), () => _closed.Add(name));
}
