using RaftActors.Core;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>
/// What the persistent actors and readers of one run were told, and what the journal promises of it. Crashed nodes end on threads of the
/// pool; what they say there is ignored.
/// </summary>
internal sealed class JournalLedger
{
    private static readonly string[] Ids = ["alice", "bob", "carol", "dave"];

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Dictionary<string, JournalStream> _streams = [];
    private readonly HashSet<string> _quiet = [];
    private readonly HashSet<(string Node, string Id)> _read = [];
    private readonly Prng _prng;
    private readonly int _hosts;
    private int _lives;
    private long _time;

    /// <param name="hosts">The number of nodes with persistent actors.</param>
    public JournalLedger(Prng prng, int hosts) =>
        (_prng, _hosts, Tags) = (prng, hosts, new JournalTags(this));

    public JournalTags Tags { get; }

    /// <summary>The first broken promise. An exception in an actor would only restart the actor.</summary>
    public string? Broken { get; private set; }

    /// <summary>For people: how many events were acknowledged, refused and rejected, and how many recoveries ended.</summary>
    public (int Acknowledged, int Stale, int Rejected, int Recovered) Counts { get; set; }

    /// <summary>No further actor writes.</summary>
    public bool IsOver { get; set; }

    /// <summary>No actor writes, and no write is under way.</summary>
    public bool IsQuiet => _quiet.Count == _hosts;

    /// <summary>All nodes have recovered all actors after the last write.</summary>
    public bool IsRead => _read.Count == _hosts * Ids.Length;

    public IEnumerable<JournalStream> Streams => Ids.Select(Of);

    public string AnyId => Ids[Between(0, Ids.Length - 1)];

    private bool IsHere => Environment.CurrentManagedThreadId == _thread;

    public int Between(int least, int most) => IsHere ? _prng.Between(least, most) : least;

    /// <summary>A number above all earlier ones: the order of what happens.</summary>
    public long Now() => ++_time;

    public JournalStream Of(string id) => _streams.TryGetValue(id, out var known) ? known : _streams[id] = new JournalStream(id, this);

    /// <summary>A persistent actor starts.</summary>
    /// <param name="fromSnapshot">False: it replays its events without a snapshot.</param>
    public JournalLife Begin(string id, string node, bool fromSnapshot) =>
        new(IsHere ? ++_lives : 0, node, Of(id), this, fromSnapshot);

    /// <summary>Does something in the simulation, and nothing on another thread.</summary>
    public void Do(Action run)
    {
        if (IsHere)
        {
            run();
        }
    }

    public void OnQuiet(string node) => Do(() => _quiet.Add(node));

    public void OnRecovered(string node, string id)
    {
        if (IsQuiet)
        {
            _read.Add((node, id));
        }
    }

    public IEnumerable<string> NotRead(string node) => Ids.Where(id => !_read.Contains((node, id)));

    public void Demand(bool holds, string otherwise)
    {
        if (!holds && IsHere)
        {
            Broken ??= otherwise;
        }
    }
}
