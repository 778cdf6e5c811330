namespace RaftActors.Tests.Network;

public sealed class PendingRepliesTests
{
    private const int Mebibyte = 1024 * 1024;
    private const int Max = 10 * Mebibyte;

    private readonly ManualClock _clock = new();
    private readonly PendingReplies _room;
    private readonly List<Client> _clients = [];

    public PendingRepliesTests() => _room = new PendingReplies(Max, _clock);

    private IEnumerable<string> Closed => _clients.Where(client => client.IsClosed).Select(client => client.Name);

    private long AllWaiting => _clients.Where(client => !client.IsClosed).Sum(client => (long)client.Waiting);

    [Fact]
    public void Of_clients_that_wait_equally_long_the_one_with_the_most_bytes_is_closed()
    {
        Enter("small").Write(Mebibyte);
        Enter("large").Write(Max - Mebibyte);

        Enter("latest").Write(2 * Mebibyte);

        Assert.Equal(["large"], Closed);
    }

    [Fact]
    public void Client_that_gets_a_large_answer_outlives_slow_ones_with_less()
    {
        for (var number = 1; number <= 20; number++)
        {
            Enter($"slow {number}").Write(Max / 20);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        var healthy = Enter("healthy");
        for (var answer = 1; answer <= 100; answer++)
        {
            healthy.Write(Max / 2);
            healthy.Read();
        }

        Assert.False(healthy.IsClosed);
        Assert.Equal(10, Closed.Count());
    }

    [Fact]
    public void Client_that_reads_all_the_time_is_not_taken_for_an_old_one()
    {
        var healthy = Enter("healthy");
        for (var second = 1; second <= 60; second++)
        {
            healthy.BeginSending();
            healthy.Write(Mebibyte);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        healthy.BeginSending();
        Enter("slow").Write(Mebibyte);
        _clock.Advance(TimeSpan.FromSeconds(1));
        healthy.Write(Mebibyte);

        Enter("latest").Write(Max - (2 * Mebibyte));

        Assert.Equal(["slow"], Closed);
    }

    [Fact]
    public void Many_slow_clients_together_are_bounded()
    {
        for (var number = 1; number <= 1000; number++)
        {
            Enter($"{number}");
        }

        for (var round = 1; round <= 200; round++)
        {
            foreach (var client in _clients)
            {
                client.Write(1000);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.InRange(AllWaiting, 1, Max + (1000L * PendingReplies.StepMaxBytes));
        }

        Assert.InRange(AllWaiting, 1, Max);
        Assert.NotEmpty(Closed);
    }

    [Fact]
    public void Slow_client_that_has_read_meanwhile_is_counted_as_it_grows_again()
    {
        var client = Enter("client");
        client.Write(Max);
        client.Read();
        Enter("other").Write(Max / 2);
        for (var answer = 1; answer <= 50; answer++)
        {
            client.Write(Max / 50);
            Assert.InRange(AllWaiting, 1, Max + PendingReplies.StepMaxBytes);
        }

        Assert.Single(Closed);
    }

    [Fact]
    public void Small_answers_to_a_client_that_reads_count_nothing()
    {
        var client = Enter("client");
        for (var answer = 1; answer <= 1000; answer++)
        {
            client.Write(PendingReplies.StepMaxBytes - 1);
            client.Read();
        }

        Assert.Equal(0, client.Counts);
    }

    [Fact]
    public void Client_that_waits_is_counted_once_a_step()
    {
        var client = Enter("client");
        for (var answer = 1; answer <= 100 * 64; answer++)
        {
            client.Write(1024);
        }

        Assert.Equal(100, client.Counts);
    }

    [Fact]
    public void Client_that_has_left_is_not_counted()
    {
        var left = Enter("left");
        left.Write(Max);
        _room.Leave(left.Place);

        Enter("other").Write(Max);

        Assert.Empty(Closed);
    }

    private Client Enter(string name)
    {
        var client = new Client(_room, name);
        _clients.Add(client);
        return client;
    }

    private sealed class Client
    {
        private readonly PendingReplies _room;
        private int _unsent;

        public Client(PendingReplies room, string name)
        {
            (_room, Name) = (room, name);
            Place = new PendingReplies.Place(() => Waiting, () => IsClosed = true);
            room.Enter(Place);
        }

        public string Name { get; }

        public PendingReplies.Place Place { get; }

        public int Waiting { get; private set; }

        public int Counts { get; private set; }

        public bool IsClosed { get; private set; }

        public void Write(int bytes)
        {
            if (IsClosed)
            {
                return;
            }

            _room.OnWriting(Place, isFirst: _unsent == 0);
            Waiting += bytes;
            _unsent += bytes;
            if (_room.OnWritten(Place))
            {
                Counts++;
                _room.MakeRoom();
            }
        }

        /// <summary>The bytes that were written are being sent, and all before them are sent.</summary>
        public void BeginSending() => (Waiting, _unsent) = (_unsent, 0);

        public void Read() => (Waiting, _unsent) = (0, 0);
    }
}
