using System.Collections.Immutable;

namespace RaftActors.Core.Tests.Harness;

/// <summary>
/// Watches a whole group from outside and knows nothing of how a core works: what Raft promises (Figure 3) holds in every run, or the run
/// ends here.
/// </summary>
internal sealed class SafetyChecker(IReadOnlyList<SimulatedProcess> processes)
{
    private readonly Dictionary<Term, Member> _leaders = [];
    private readonly Dictionary<(Member Voter, Term Term), Member> _votes = [];
    private readonly Dictionary<(LogIndex Index, Term Term), (string Entry, Term Before)> _entries = [];
    private readonly Dictionary<SimulatedProcess, (RaftCore Core, LogIndex Last)> _given = [];

    /// <summary>What was ever committed, by index from 1.</summary>
    public List<LogEntry> Committed { get; } = [];

    public void Watch(SimulatedProcess process, Effect effect)
    {
        switch (effect)
        {
            case Effect.Send({ Body: Message.RequestVoteReply { Granted: true, IsPreVote: false } } vote):
                CheckOneVoteATerm(vote);
                break;
            case Effect.Persist(_, _, var entries):
                CheckLogMatching(process, entries);
                break;
            case Effect.Commit(var entries):
                CheckCommitted(process, entries);
                break;
        }

        if (process.Core is { Role: RoleKind.Leader } leader)
        {
            CheckOneLeaderATerm(process, leader);
        }
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
        {
            throw new SafetyException(what);
        }
    }

    /// <summary>
    /// Election safety: at most one leader in a term. A new leader has everything that was ever committed (leader completeness).
    /// </summary>
    private void CheckOneLeaderATerm(SimulatedProcess process, RaftCore leader)
    {
        if (_leaders.TryGetValue(leader.Term, out var known))
        {
            Demand(known == process.Member, $"term {leader.Term} has two leaders, {known} and {process.Member}");
            return;
        }

        _leaders.Add(leader.Term, process.Member);
        foreach (var entry in Committed)
        {
            var own = leader.Read(entry.Index, 1);
            Demand(!own.IsEmpty && $"{own[0]}" == $"{entry}", $"{process.Member} leads term {leader.Term} and lacks the committed {entry}");
        }
    }

    private void CheckOneVoteATerm(Envelope vote)
    {
        var key = (vote.From, vote.Term);
        Demand(_votes.TryAdd(key, vote.To) || _votes[key] == vote.To, $"{vote.From} voted twice in term {vote.Term}");
        var disk = processes.Single(process => process.Name == vote.From.Name).Durable;
        Demand(disk.HardState.Term > vote.Term || disk.HardState.VotedFor == vote.To, $"{vote.From} spoke a vote that is not on its disk");
    }

    /// <summary>
    /// Two logs with an entry of the same index and term are the same up to there: by induction, if entry and term before agree.
    /// </summary>
    private void CheckLogMatching(SimulatedProcess process, ImmutableArray<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            var before = entry.Index.Value == 1 ? Term.Zero : process.Log[(int)entry.Index.Value - 2].Term;
            var known = ($"{entry}", before);
            var key = (entry.Index, entry.Term);
            var isSame = _entries.TryAdd(key, known) || _entries[key] == known;
            Demand(isSame, $"{process.Member} has {entry} where another log has {_entries[key].Entry}");
        }
    }

    /// <summary>
    /// State machine safety: what one process was given at an index, every other is given; each life once, in order, serials dense.
    /// </summary>
    private void CheckCommitted(SimulatedProcess process, ImmutableArray<LogEntry> entries)
    {
        var given = _given.TryGetValue(process, out var known) && known.Core == process.Core ? known.Last : LogIndex.Zero;
        foreach (var entry in entries)
        {
            Demand(entry.Index == given.Next, $"{process.Member} was given {entry} after {given}");
            given = entry.Index;
            if (entry.Index.Value > Committed.Count)
            {
                var last = Committed.Count == 0 ? Serial.Zero : Committed[^1].Serial;
                var isDense = entry.Serial == (entry.Payload is Payload.Pair ? last.Next : last);
                Demand(isDense, $"the serial of {entry} does not follow on {last}");
                Demand(IsOnMajorityOfDisks(process, entry), $"{entry} was committed and is not on the disks of a majority");
                Committed.Add(entry);
            }

            var agreed = Committed[(int)entry.Index.Value - 1];
            Demand($"{agreed}" == $"{entry}", $"{process.Member} committed {entry} where {agreed} was committed before");
        }

        _given[process] = (process.Core!, given);
    }

    /// <summary>
    /// Of each set of voters of the latest configuration at the time. A disk that was lost since counts: it may have had the entry when it
    /// said so.
    /// </summary>
    private bool IsOnMajorityOfDisks(SimulatedProcess process, LogEntry entry)
    {
        var configuration = process.Core!.Configuration;
        bool IsOnDisk(Member member) => processes.All(one => one.Member != member) || processes.Any(one => one.Member == member
            && one.Durable.Log.Length >= entry.Index.Value
            && $"{one.Durable.Log[(int)entry.Index.Value - 1]}" == $"{entry}");
        bool IsOnMajority(ImmutableArray<Member> voters) => voters.IsEmpty || voters.Count(IsOnDisk) * 2 > voters.Length;
        return IsOnMajority(configuration.Voters) && IsOnMajority(configuration.OldVoters);
    }
}

internal sealed class SafetyException(string what) : Exception(what);
