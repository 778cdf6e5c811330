using System.Collections.Immutable;
using System.Text;

namespace RaftActors.Benchmarks;

/// <summary>
/// A Core that leads a founded group, with inputs prepared in advance, so that only Core is measured. The inputs are proposals, finished
/// writes and replies. Each follower replies to both messages of a proposal: the entries, then the commit index.
/// </summary>
internal sealed class Leader
{
    private const int SnapshotEvery = 4096;

    private static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    private readonly RaftCore _core;
    private readonly ImmutableArray<Member> _followers;
    private readonly int _batch;
    private readonly Input.Propose _proposal;
    private readonly List<Cycle> _cycles = [];
    private Ticket _ticket;
    private long _committed;

    public Leader(int followers, int batch)
    {
        ImmutableArray<Member> members = [.. Enumerable.Range(1, followers + 1).Select(MemberOf)];
        _followers = members[1..];
        _batch = batch;
        _proposal = new Input.Propose([.. Enumerable.Range(0, batch).Select(PairOf)]);
        _core = new RaftCore(OptionsOf(members), StateOf(members));
        Elect();
    }

    /// <summary>Prepares the inputs for a number of entries.</summary>
    public void Prepare(int entries)
    {
        _cycles.Clear();
        var (last, ticket) = (_core.LastPosition.Index.Value, _ticket);
        for (var i = 0; i < entries / _batch; i++)
        {
            (last, ticket) = (last + _batch, ticket.Next);
            _cycles.Add(new Cycle(new Input.Persisted(ticket), [.. _followers.Select(follower => Answer(follower, last))]));
        }
    }

    /// <summary>Handles all prepared inputs, and returns the number of committed entries.</summary>
    public long Run()
    {
        _committed = 0;
        foreach (var cycle in _cycles)
        {
            Step(_proposal);
            Step(cycle.Written);
            for (var times = 0; times < 2; times++)
            {
                foreach (var answer in cycle.Answers)
                {
                    Step(answer);
                }
            }

            if (_core.LastPosition.Index.Value / SnapshotEvery > (_core.LastPosition.Index.Value - _batch) / SnapshotEvery)
            {
                Step(new Input.SnapshotTaken(_core.DescribeSnapshot(_core.CommitIndex, 0)));
            }
        }

        return _committed;
    }

    /// <summary>Does the same appends and discards on a log alone. It allocates log storage only.</summary>
    public void RunLogAlone(RaftLog log, int entries)
    {
        var ticket = default(Ticket);
        for (var i = 0; i < entries / _batch; i++)
        {
            foreach (var pair in _proposal.Pairs)
            {
                var before = log.LastPosition;
                log.Append(new LogEntry(before.Index.Next, _core.Term, before.Serial.Next, pair));
            }

            ticket = ticket.Next;
            log.TakeUnsaved(ticket);
            log.Saved(ticket);
            if (log.Last.Value / SnapshotEvery > (log.Last.Value - _batch) / SnapshotEvery)
            {
                log.DiscardTo(new LogIndex(Math.Max(0, log.Last.Value - _core.Options.RetainedEntries)));
            }
        }
    }

    private static Member MemberOf(int number) =>
        new(new ProcessName($"raft{number}@node{number}"), new Incarnation(new Guid(number, 0, 0, new byte[8])));

    private static Payload.Pair PairOf(int number) => new(null, $"key{number % 10}", Encoding.UTF8.GetBytes($"value {number,10}"));

    private static CoreOptions OptionsOf(ImmutableArray<Member> members) => new()
    {
        Self = members[0],
        Roster = [.. members.Select(member => member.Name)],
        FoundingUid = Group,
        Seed = 1,
    };

    private static InitialState StateOf(ImmutableArray<Member> members)
    {
        var configuration = new Configuration(Group, members.Length, members, [], [], []);
        var state = new HardState(new Term(1), null, [.. members.Select(member => new PeerRecord(member, default))])
        {
            IsAdmitted = true,
            Group = Group,
        };
        return new InitialState(state, [new LogEntry(new LogIndex(1), new Term(1), Serial.Zero, new Payload.Reconfigure(configuration))]);
    }

    private void Elect()
    {
        while (_core.Role != RaftRole.PreCandidate)
        {
            Step(Input.Tick.Instance);
            Step(new Input.Persisted(_ticket)); // The process sends no message and begins no election before its boot is durable.
        }

        Vote(isPreVote: true, _core.Term.Next);
        Step(new Input.Persisted(_ticket));
        Vote(isPreVote: false, _core.Term);
        Step(new Input.Persisted(_ticket));
        foreach (var follower in _followers)
        {
            Step(Answer(follower, _core.LastPosition.Index.Value));
        }
    }

    private void Vote(bool isPreVote, Term term)
    {
        foreach (var follower in _followers)
        {
            Step(From(follower, term, new Message.RequestVoteReply(Granted: true, isPreVote, _core.Boot)));
        }
    }

    private Input.Receive Answer(Member follower, long match) =>
        From(follower, _core.Term, new Message.AppendEntriesReply(true, new LogIndex(match), Term.Zero, IsAdmitted: true));

    private Input.Receive From(Member follower, Term term, Message body) =>
        new(new Core.Envelope(follower, _core.Options.Self, Group, term, default, body));

    private void Step(Input input)
    {
        foreach (var effect in _core.Step(input))
        {
            switch (effect)
            {
                case Effect.Persist(var ticket, _, _):
                    _ticket = ticket;
                    break;
                case Effect.Commit(var entries):
                    _committed += entries.Length;
                    break;
            }
        }
    }

    private sealed record Cycle(Input.Persisted Written, ImmutableArray<Input.Receive> Answers);
}
