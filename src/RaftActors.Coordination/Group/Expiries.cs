using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// Decides by the clock of one process which sessions and items have expired. The clock of a session or an item begins when this process
/// first sees its latest renewal. Not thread-safe.
/// </summary>
internal sealed class Expiries
{
    // An Expire that is lost with its leader is appended again after this time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // For each session and item: the serial of its latest renewal, and the time at which it expires.
    private readonly Dictionary<(string Name, long Session), (long Latest, TimeSpan At)> _expiries = [];

    /// <summary>Takes note of the renewals, and finds the commands that the leader appends.</summary>
    /// <param name="state">The state after all pairs that this process has applied.</param>
    /// <param name="now">By the monotonic clock of this process.</param>
    /// <param name="isLeader">
    /// False: no command is found. A follower counts, too: otherwise a session whose owner is dead would have a whole timeout left when
    /// this process becomes the leader.
    /// </param>
    public List<(string Name, Command.Expire Command)> Find(CoordinationState state, TimeSpan now, bool isLeader)
    {
        List<(string Name, Command.Expire Command)> due = [];
        var count = 0;
        foreach (var each in state.Mortals)
        {
            count++;
            var key = (each.Name, each.Session);
            if (!_expiries.TryGetValue(key, out var expiry) || expiry.Latest != each.Latest)
            {
                _expiries[key] = (each.Latest, now + each.Timeout);
            }
            else if (isLeader && expiry.At <= now)
            {
                due.Add((each.Name, new Command.Expire(each.Session, each.Latest)));
                _expiries[key] = (each.Latest, now + Patience);
            }
        }

        if (_expiries.Count > count)
        {
            foreach (var ended in _expiries.Keys.Except(state.Mortals.Select(each => (each.Name, each.Session))).ToArray())
            {
                _expiries.Remove(ended);
            }
        }

        return due;
    }
}
