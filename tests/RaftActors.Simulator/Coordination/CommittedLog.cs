using RaftActors.Coordination.State;
using RaftActors.Coordination.Tests;

namespace RaftActors.Simulator.Coordination;

/// <summary>
/// The pairs that the group has committed, with their true times, and the <see cref="Model"/> of the state. It checks each pair, and tells
/// the other checkers what is true.
/// </summary>
internal sealed class CommittedLog(World world, Setup setup)
{
    private readonly Dictionary<(string Name, long Session), (TimeSpan At, TimeSpan Timeout)> _renewed = [];
    private readonly Dictionary<(string Lock, long Token), List<string>> _grants = [];
    private readonly Dictionary<string, List<Item>> _changes = [];
    private readonly Dictionary<long, byte[]> _images = [];

    public Model Model { get; } = new();

    public List<Pair> Pairs { get; } = [];

    public CoordinationTotals Totals { get; } = new();

    /// <summary>Commits a pair. Its serial is the number of pairs.</summary>
    public void Add(Pair pair)
    {
        Pairs.Add(pair);
        long serial = Pairs.Count;
        var (before, changes) = (Model.Mortals.ToList(), Model.Changes.Count);
        pair.Expected = Model.Apply(pair.Name, pair.Command, serial);
        world.Trace($"commit {serial}: {pair.Name} {pair.Command}: {pair.Expected}");
        Totals.Commits++;
        foreach (var (name, (_, claims)) in Model.Locks)
        {
            foreach (var claim in claims.Where(claim => claim.Token == serial))
            {
                Totals.Grants++;
                _grants.TryAdd((name, serial), []);
                _grants[(name, serial)].Add(Model.Sessions.Single(each => each.Session == claim.Session).Name);
            }
        }

        foreach (var change in Model.Changes.Skip(changes))
        {
            foreach (var (prefix, list) in _changes)
            {
                if (change.Name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    list.Add(change);
                }
            }
        }

        CheckTimes(before, pair, serial);
    }

    /// <summary>All changes of the items with a prefix. The list grows.</summary>
    public List<Item> ChangesOf(string prefix)
    {
        if (!_changes.TryGetValue(prefix, out var list))
        {
            _changes[prefix] = list = [.. Model.Changes.Where(change => change.Name.StartsWith(prefix, StringComparison.Ordinal))];
        }

        return list;
    }

    /// <summary>A claim of this owner was granted the lock with this token at some time.</summary>
    public bool WasGranted(string name, long token, string owner) =>
        _grants.TryGetValue((name, token), out var owners) && owners.Contains(owner);

    /// <summary>A claim with this token holds the lock now.</summary>
    public bool IsHeld(string name, long token) =>
        Model.Locks.TryGetValue(name, out var known) && known.Claims.Exists(claim => claim.Token == token);

    /// <summary>A process has applied all pairs up to a serial. All processes must have the same state then.</summary>
    public void Compare(long serial, CoordinationState state)
    {
        state.Check();
        var bytes = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(state.ToImage(), CoordinationJson.Default.CoordinationImage);
        world.Require(
            !_images.TryGetValue(serial, out var other) || other.AsSpan().SequenceEqual(bytes),
            "equal states",
            $"two processes have different states at {serial}");
        _images[serial] = bytes;
        if (serial == Pairs.Count)
        {
            world.Require(
                state.Mortals.OrderBy(each => each.Latest).SequenceEqual(Model.Mortals.OrderBy(each => each.Latest)),
                "model",
                $"the sessions and lifetimes of the state at {serial} are not those of the model");
            foreach (var name in Setup.Locks)
            {
                var view = (LockView)state.Answer(new Question.OfLock(name));
                world.Require(view.Holders.SequenceEqual(Model.Holders(name)), "model", $"{name} has other holders than in the model");
            }
        }
    }

    private void CheckTimes(List<CoordinationState.Mortal> before, Pair pair, long serial)
    {
        var after = Model.Mortals.ToDictionary(each => (each.Name, each.Session));
        foreach (var ended in before.Where(each => !after.ContainsKey((each.Name, each.Session))))
        {
            _renewed.Remove((ended.Name, ended.Session), out var renewed);
            if (pair.Command is Command.Expire expire && expire.Session == ended.Session)
            {
                Totals.Expiries++;
                world.Require(
                    world.Now - renewed.At >= ended.Timeout * Setup.SlowestClock / setup.FastestClock,
                    "lifetime",
                    $"{ended} expired {world.Now - renewed.At} after its latest renewal");
            }
        }

        foreach (var (key, each) in after)
        {
            if (each.Latest == serial)
            {
                _renewed[key] = (world.Now, each.Timeout);
            }
        }
    }

    /// <summary>A pair of the log.</summary>
    internal sealed class Pair(string name, Command command)
    {
        public string Name => name;

        public Command Command => command;

        /// <summary>The answer of the model.</summary>
        public Answer Expected { get; set; } = Answer.Done.Instance;

        /// <summary>The answer of the leader; null: it is not committed.</summary>
        public Answer? Answer { get; set; }

        public long Serial { get; set; }

        /// <summary>The calls that wait for it.</summary>
        public List<Action<Outcome<Answer>>> Replies { get; } = [];
    }
}
