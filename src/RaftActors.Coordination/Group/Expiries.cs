using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// Decides by the clock of one process which sessions and items have expired. The clock of a session or an item begins when this process
/// applies its latest renewal. Not thread-safe.
/// </summary>
internal sealed class Expiries
{
    // An Expire that is lost with its leader is appended again after this time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // For each session and item: the time at which it expires, and the serial of its latest renewal. No two have equal serials.
    private readonly Dictionary<(string Name, long Session), (TimeSpan At, long Latest)> _expiries = [];
    private readonly SortedDictionary<(TimeSpan At, long Latest), (string Name, long Session)> _inOrder = [];
    private long _era;

    /// <summary>Takes note of what the latest pair has renewed or ended, which are all sessions if it begins an era.</summary>
    /// <param name="now">By the monotonic clock of this process.</param>
    public void OnApplied(CoordinationState state, TimeSpan now)
    {
        if (state.Era != _era)
        {
            OnRestored(state, now);
            return;
        }

        foreach (var (kind, name, session, _) in state.Touched)
        {
            if (kind is TopicKind.Session or TopicKind.Item)
            {
                var mortal = state.FindMortal(name, session);
                Set((name, session), mortal is { } each ? (now + each.Timeout, each.Latest) : null);
            }
        }
    }

    /// <summary>Takes note of a state that a snapshot has replaced. Sessions and items that were renewed since begin anew.</summary>
    public void OnRestored(CoordinationState state, TimeSpan now)
    {
        _era = state.Era;
        var former = _expiries.ToDictionary();
        _expiries.Clear();
        _inOrder.Clear();
        foreach (var each in state.Mortals)
        {
            var isKnown = former.TryGetValue((each.Name, each.Session), out var known) && known.Latest == each.Latest;
            Set((each.Name, each.Session), isKnown ? known : (now + each.Timeout, each.Latest));
        }
    }

    /// <summary>The time until a session expires without a renewal.</summary>
    public TimeSpan LeftOf(string owner, long session, TimeSpan now) =>
        _expiries.TryGetValue((owner, session), out var expiry) ? expiry.At - now : TimeSpan.Zero;

    /// <summary>
    /// Finds the commands that the leader appends. A follower keeps its times, too: otherwise a session whose owner is dead would have a
    /// whole timeout left when the follower becomes the leader.
    /// </summary>
    public List<(string Name, Command.Expire Command)> Find(TimeSpan now)
    {
        List<(string Name, Command.Expire Command)> due = [];
        while (_inOrder.Count > 0 && _inOrder.First() is var (expiry, key) && expiry.At <= now)
        {
            due.Add((key.Name, new Command.Expire(key.Session, expiry.Latest)));
            Set(key, (now + Patience, expiry.Latest));
        }

        return due;
    }

    private void Set((string Name, long Session) key, (TimeSpan At, long Latest)? expiry)
    {
        if (_expiries.Remove(key, out var former))
        {
            _inOrder.Remove(former);
        }

        if (expiry is { } next)
        {
            _expiries.Add(key, next);
            _inOrder.Add(next, key);
        }
    }
}
