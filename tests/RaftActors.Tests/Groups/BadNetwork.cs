namespace RaftActors.Tests.Groups;

/// <summary>
/// A network in memory that loses, repeats, delays and reorders messages at random. One thread delivers them, so no two deliveries overlap.
/// </summary>
internal sealed class BadNetwork : IDisposable
{
    private const double Lost = 0.05;
    private const double Repeated = 0.3;
    private const double Delayed = 0.2;

    // In messages that are delivered meanwhile. A quiet group sends some fifty in a second.
    private const int DelayMax = 20;

    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly SemaphoreSlim _sent = new(0);
    private readonly Dictionary<string, Port> _ports = [];
    private readonly List<Letter> _waiting = [];
    private readonly PriorityQueue<Letter, long> _delayed = new();
    private readonly HashSet<string> _cut = [];
    private readonly HashSet<string> _apart = [];
    private readonly Thread _thread;
    private long _delivered;
    private bool _isCalm;
    private bool _hasEnded;

    public BadNetwork(int seed)
    {
        _random = new Random(seed);
        _thread = new Thread(Run) { IsBackground = true, Name = "bad-network" };
        _thread.Start();
    }

    /// <summary>The numbers of messages that were lost, repeated, and delivered after later ones.</summary>
    public (int Lost, int Repeated, int Delayed) Faults { get; private set; }

    /// <summary>The route of a node into the network. A later one for the same name replaces it, as a restarted node does.</summary>
    public RaftTransport Join(string node)
    {
        lock (_lock)
        {
            return _ports[node] = new Port(node, this);
        }
    }

    /// <summary>From now on each message is delivered once, in order, unless a node is cut off.</summary>
    public void Calm()
    {
        lock (_lock)
        {
            _isCalm = true;
        }
    }

    /// <summary>Loses all messages from and to a node from now on.</summary>
    public void Cut(string node)
    {
        lock (_lock)
        {
            _cut.Add(node);
        }
    }

    /// <summary>Loses all messages between these nodes and the others from now on.</summary>
    public void Separate(params string[] nodes)
    {
        lock (_lock)
        {
            _apart.UnionWith(nodes);
        }
    }

    public void Heal()
    {
        lock (_lock)
        {
            _cut.Clear();
            _apart.Clear();
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _hasEnded, true);
        _sent.Release();
        _thread.Join();
    }

    private void Put(Letter letter)
    {
        lock (_lock)
        {
            if (!_isCalm && _random.NextDouble() < Delayed)
            {
                Faults = Faults with { Delayed = Faults.Delayed + 1 };
                _delayed.Enqueue(letter, _delivered + _random.Next(DelayMax));
            }
            else
            {
                _waiting.Add(letter);
            }
        }

        _sent.Release();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _hasEnded))
        {
            _sent.Wait();
            while (Take() is var (port, letter))
            {
                port.Deliver(letter.From, letter.Message);
            }
        }
    }

    // Null: none is due.
    private (Port Port, Letter Letter)? Take()
    {
        lock (_lock)
        {
            while (_delayed.TryPeek(out var due, out var at) && at <= _delivered)
            {
                _delayed.Dequeue();
                _waiting.Add(due);
            }

            while (_waiting.Count > 0)
            {
                var place = _isCalm ? 0 : _random.Next(_waiting.Count);
                var letter = _waiting[place];
                _delivered++;
                if (!_isCalm && _random.NextDouble() < Repeated)
                {
                    Faults = Faults with { Repeated = Faults.Repeated + 1 };
                    _delayed.Enqueue(letter, _delivered + _random.Next(DelayMax));
                }

                _waiting.RemoveAt(place);
                if (IsCut(letter) || !_ports.TryGetValue(letter.To, out var port))
                {
                    continue;
                }

                if (_isCalm || _random.NextDouble() >= Lost)
                {
                    return (port, letter);
                }

                Faults = Faults with { Lost = Faults.Lost + 1 };
            }

            return null;
        }
    }

    private bool IsCut(Letter letter) =>
        _cut.Contains(letter.From) || _cut.Contains(letter.To) || _apart.Contains(letter.From) != _apart.Contains(letter.To);

    private sealed record Letter(string From, string To, byte[] Message);

    private sealed class Port(string node, BadNetwork network) : RaftTransport
    {
        // Each delivery has bytes of its own: a message may keep views of them.
        public void Deliver(string from, byte[] message) => Receive(from, (byte[])message.Clone());

        protected internal override void Send(string to, ReadOnlyMemory<byte> message) =>
            network.Put(new Letter(node, to, message.ToArray()));
    }
}
