using System.Text.Json;

using RaftActors.Coordination.State;
using RaftActors.Delivery;

namespace RaftActors.Simulator.Coordination;

/// <summary>
/// The pairs that the group has committed, with their true times, and the <see cref="Model"/> of the state. It checks each pair, and tells
/// the other checkers what is true.
/// </summary>
internal sealed class CommittedLog(World world, Setup setup)
{
    // For each reminder that is set: its number, and when it was set.
    private readonly Dictionary<string, (long Number, TimeSpan At, TimeSpan Timeout)> _reminders = [];
    private readonly Dictionary<(string Lock, long Token), List<string>> _grants = [];
    private readonly Dictionary<string, List<Item>> _changes = [];
    private readonly Dictionary<long, (CoordinationImage Image, ulong Reminders)> _images = [];
    private readonly HashSet<string> _writes = [];

    public Model Model { get; } = new();

    public List<Pair> Pairs { get; } = [];

    public CoordinationTotals Totals { get; } = new();

    /// <summary>Commits a pair. Its serial is the number of pairs.</summary>
    public void Add(Pair pair)
    {
        Pairs.Add(pair);
        long serial = Pairs.Count;
        var changes = Model.Changes.Count;
        if (pair.Command is { } command)
        {
            pair.Expected = Model.Apply(pair.Name, command, serial, pair.Client);
        }
        else
        {
            Model.Expire(pair.Name, pair.Number, serial);
        }

        world.Trace($"commit {serial}: {pair.Name} {pair.Command}: {pair.Expected}");
        Totals.Commits++;
        if (pair is { Key: { } key, Command: Command.Put or Command.Add, Expected: Answer.Done or Answer.Counted })
        {
            // Each value of these items is written once. A call that is made again may have another key.
            var write = pair.Command is Command.Put put && pair.Name.StartsWith("i/", StringComparison.Ordinal) ? put.Value : key;
            world.Require(_writes.Add(write), "write", $"{pair.Name} {pair.Command} has its effect twice, again at {serial}");
        }

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

        CheckTimes(pair);
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
    public void Compare(long serial, CoordinationState state, Reminders reminders)
    {
        state.Check();
        var image = state.ToImage();
        world.Require(
            !_images.TryGetValue(serial, out var other) || (AreEqual(image, other.Image) && reminders.Hash == other.Reminders),
            "equal states",
            $"two processes have different states at {serial}");
        _images[serial] = (image, reminders.Hash);
        if (serial == Pairs.Count)
        {
            world.Require(
                reminders.All.Select(each => (each.Number, each.Name, each.After)).Order().SequenceEqual(
                    Model.Expiries.Select(each => (each.Number, each.Reminder, (TimeSpan?)each.Timeout)).Order()),
                "model",
                $"the reminders at {serial} are not those of the model");
            foreach (var name in Setup.Locks)
            {
                var view = (LockView)state.Answer(new Question.OfLock(name, null));
                world.Require(view.Holders.SequenceEqual(Model.Holders(name)), "model", $"{name} has other holders than in the model");
            }

            foreach (var each in image.Locks)
            {
                world.Require(
                    each.Waiting.Select(claim => (claim.Session, claim.Claim)).SequenceEqual(
                        Model.Locks[each.Name].Claims.Where(claim => claim.Token == 0).Select(claim => (claim.Session, claim.Name))),
                    "model",
                    $"other claims wait for {each.Name} than in the model, or in another order");
            }
        }
    }

    private static bool AreEqual(CoordinationImage one, CoordinationImage other) =>
        one.Sessions.Select(each => each with { Broken = null }).SequenceEqual(other.Sessions.Select(each => each with { Broken = null }))
        && one.Sessions.SelectMany(Broken).SequenceEqual(other.Sessions.SelectMany(Broken))
        && one.Locks.Length == other.Locks.Length
        && one.Locks.Zip(other.Locks).All(pair =>
            (pair.First.Name, pair.First.Permits) == (pair.Second.Name, pair.Second.Permits)
            && pair.First.Holders.SequenceEqual(pair.Second.Holders)
            && pair.First.Waiting.SequenceEqual(pair.Second.Waiting))
        && one.Items.Compacted == other.Items.Compacted
        && one.Items.Items.SequenceEqual(other.Items.Items)
        && one.Items.Changes.SequenceEqual(other.Items.Changes);

    private static IEnumerable<(long Session, long Claim)> Broken(SessionImage each) =>
        (each.Broken ?? []).Select(claim => (each.Id, claim));

    private void CheckTimes(Pair pair)
    {
        var expiries = Model.Expiries.ToDictionary(each => each.Reminder);
        foreach (var (name, reminder) in _reminders)
        {
            if (expiries.ContainsKey(name))
            {
                continue;
            }

            _reminders.Remove(name);
            if (pair.Command is null && pair.Name == name)
            {
                Totals.Expiries++;
                world.Require(
                    world.Now - reminder.At >= reminder.Timeout * Setup.SlowestClock / setup.FastestClock,
                    "lifetime",
                    $"{name} expired {world.Now - reminder.At} after its latest renewal");
            }
        }

        foreach (var (name, each) in expiries)
        {
            if (_reminders.GetValueOrDefault(name).Number != each.Number)
            {
                _reminders[name] = (each.Number, world.Now, each.Timeout);
            }
        }
    }

    /// <summary>A pair of the log.</summary>
    internal sealed class Pair(string name, Command? command)
    {
        public string Name => name;

        /// <summary>Null: the pair tells a reminder.</summary>
        public Command? Command => command;

        /// <summary>The command as all processes read it from the log.</summary>
        public Command? Written { get; } = command is null ? null : JsonSerializer.Deserialize(
            JsonSerializer.SerializeToUtf8Bytes(command, CoordinationJson.Default.Command), CoordinationJson.Default.Command);

        /// <summary>That of the reminder.</summary>
        public long Number { get; init; }

        /// <summary>The client that appended it; null: a process of the group.</summary>
        public Guid? Client { get; init; }

        /// <summary>Null: it has no request key.</summary>
        public string? Key { get; init; }

        /// <summary>The answer of the model.</summary>
        public Answer Expected { get; set; } = new Answer.Done();

        /// <summary>The answer of the leader; null: it is not committed.</summary>
        public Answer? Answer { get; set; }

        /// <summary>0: it is not committed.</summary>
        public long Serial { get; set; }

        public bool IsCommitted => Serial > 0;

        /// <summary>The calls that wait for it.</summary>
        public List<Action<Outcome<Answer>>> Replies { get; } = [];
    }
}
