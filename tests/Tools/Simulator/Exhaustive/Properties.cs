using System.Numerics;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>The properties that take more than one process to see. They hold in every state, or in every step.</summary>
internal sealed class Properties(LocalStates locals)
{
    private readonly HashSet<(int, int)> _checkedPairs = [];

    /// <summary>Checks the properties of each pair of processes.</summary>
    public void CheckState(GlobalState state)
    {
        CheckPair(state.Locals.A, state.Locals.B);
        CheckPair(state.Locals.A, state.Locals.C);
        CheckPair(state.Locals.B, state.Locals.C);
    }

    /// <summary>Checks the properties of elections, commits and reads.</summary>
    public void CheckStep(GlobalState before, GlobalState after, int process, LocalStep step)
    {
        if (step.ElectedBy is { } electorate)
        {
            CheckElected(after, process, electorate);
        }

        if (step.CommittedBy is { } configurations)
        {
            CheckCommitted(before, after, process, configurations);
        }

        if (step.Answered is var (read, index) && index < after.Used.FloorOf(read))
        {
            throw new Violation("stale read", $"read {read} is answered at {index}, and {after.Used.FloorOf(read)} was committed before");
        }
    }

    /// <summary>The number of entries that some process was given.</summary>
    public long Committed(GlobalState state) =>
        Math.Max(locals[state[0]].Delivered.Length, Math.Max(locals[state[1]].Delivered.Length, locals[state[2]].Delivered.Length));

    private void CheckElected(GlobalState state, int leader, Configuration electorate)
    {
        var term = locals[state[leader]].Term;
        bool Voted(Member voter) => locals[state[FoundedGroup.NumberOf(voter.Name)]].Votes[term] == leader;
        if (!Sets.EachHasMajority(electorate, Voted))
        {
            throw new Violation("leader", $"{NameOf(leader)} leads term {term} without the votes of a majority of {electorate}");
        }
    }

    private void CheckCommitted(GlobalState before, GlobalState after, int process, (Configuration Before, Configuration After) by)
    {
        var delivered = locals[after[process]].Delivered;
        for (var index = Committed(before) + 1; index <= delivered.Length; index++)
        {
            var (entry, at) = (delivered[index - 1].Entry, index);
            bool Holds(Member member) => locals[after[FoundedGroup.NumberOf(member.Name)]].Disk.Holds(at, entry);
            if (entry != 0 && !Sets.EachHasMajority(by.Before, Holds) && !Sets.EachHasMajority(by.After, Holds))
            {
                throw new Violation("majority", $"{NameOf(process)} committed entry {index}, which is not on the disks of a majority");
            }
        }
    }

    private void CheckPair(int one, int other)
    {
        if (!_checkedPairs.Add((one, other)))
        {
            return;
        }

        var (a, b) = (locals[one], locals[other]);
        if ((a.Led & b.Led) is var both and not 0)
        {
            throw new Violation("leader", $"{NameOf(a.Number)} and {NameOf(b.Number)} both led term {BitOperations.Log2((uint)both)}");
        }

        CheckDelivered(a, b);
        CheckLogs(a, b);
        CheckComplete(a, b);
        CheckComplete(b, a);
    }

    /// <summary>State machine safety: both were given the same entry, and came to the same state, at each index.</summary>
    private static void CheckDelivered(LocalState a, LocalState b)
    {
        for (var i = 0; i < Math.Min(a.Delivered.Length, b.Delivered.Length); i++)
        {
            var (one, other) = (a.Delivered[i], b.Delivered[i]);
            var isKnown = one.Term > 0 && other.Term > 0;
            if (isKnown && (one.State != other.State || (one.Entry != 0 && other.Entry != 0 && one.Entry != other.Entry)))
            {
                throw new Violation("state machine", $"{NameOf(a.Number)} and {NameOf(b.Number)} were given different entries at {i + 1}");
            }
        }
    }

    /// <summary>Log matching: from the last index where both logs have the same term, they are equal downwards.</summary>
    private static void CheckLogs(LocalState a, LocalState b)
    {
        var isEqualFromHere = false;
        for (var index = Math.Min(a.Log.Last, b.Log.Last); index > Math.Max(a.Log.Base, b.Log.Base); index--)
        {
            var (one, other) = (a.Log[index], b.Log[index]);
            isEqualFromHere |= one.Term == other.Term;
            if (isEqualFromHere && one.Hash != other.Hash)
            {
                throw new Violation("log matching", $"{NameOf(a.Number)} and {NameOf(b.Number)} have different entries at {index}");
            }
        }
    }

    /// <summary>Leader completeness: a leader has all entries that were committed in earlier terms.</summary>
    private static void CheckComplete(LocalState leader, LocalState other)
    {
        for (var i = 0; leader.IsLeader && i < other.Delivered.Length; i++)
        {
            var (entry, _, term) = other.Delivered[i];
            if (entry != 0 && term < leader.Term && !leader.Log.Holds(i + 1, entry))
            {
                throw new Violation(
                    "leader", $"{NameOf(leader.Number)} leads term {leader.Term} and lacks entry {i + 1}, committed in term {term}");
            }
        }
    }

    private static string NameOf(int number) => FoundedGroup.ShortName(number);
}
