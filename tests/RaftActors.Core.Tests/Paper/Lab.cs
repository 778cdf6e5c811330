using System.Collections.Immutable;
using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests.Paper;

/// <summary>
/// One core, raft1, in a founded group of three, and the messages that raft2 and raft3 send to it. Its disk writes at once unless told
/// otherwise.
/// </summary>
internal sealed class Lab
{
    public static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    /// <param name="with">Other options than usual.</param>
    /// <param name="configured">Another configuration than all three voters.</param>
    public Lab(
        long[] terms,
        long term = 0,
        Func<CoreOptions, CoreOptions>? with = null,
        Func<Configuration, Configuration>? configured = null)
    {
        var options = new CoreOptions { Self = Raft1, Roster = Roster, FoundingUid = Group, Seed = 1 };
        var state = FoundedGroup.State(Roster, 11, Group, terms, term);
        if (configured is not null && state.Log[0].Payload is Payload.Reconfigure(var usual))
        {
            state = state with { Log = [state.Log[0] with { Payload = new Payload.Reconfigure(configured(usual)) }, .. state.Log.Skip(1)] };
        }

        Core = new RaftCore(with?.Invoke(options) ?? options, state);
        Step(new Input.Persisted(default));
        Done.Clear();
    }

    public static Member Raft1 => new(Roster[0], SimulatedProcess.IncarnationOf(1));

    public static Member Raft2 => new(Roster[1], SimulatedProcess.IncarnationOf(1));

    public static Member Raft3 => new(Roster[2], SimulatedProcess.IncarnationOf(1));

    public RaftCore Core { get; }

    /// <summary>What its clock shows; only a test moves it.</summary>
    public Instant Now { get; set; } = new(1);

    /// <summary>Writes stay under way until <see cref="FinishWrites"/>.</summary>
    public bool IsDiskSlow { get; set; }

    /// <summary>All that was done so far, as text.</summary>
    public List<string> Done { get; } = [];

    public List<Envelope> Sent { get; } = [];

    public List<LogEntry> Committed { get; } = [];

    /// <summary>The latest hard state that was to be written; null if none was since the start.</summary>
    public HardState? HardState { get; private set; }

    private static ImmutableArray<ProcessName> Roster { get; } = [new("raft1@x"), new("raft2@x"), new("raft3@x")];

    private Ticket LastTicket { get; set; }

    /// <summary>The place in a log of these terms.</summary>
    public static LogPosition At(params long[] terms)
    {
        var core = new Lab(terms).Core;
        return core.LastPosition;
    }

    /// <summary>Entries of a log of these terms, from an index on.</summary>
    public static LogSlice Entries(long first, params long[] terms) =>
        [.. terms.Select((term, i) => FoundedGroup.Entry(first + i, term, FoundedGroup.Pair(term, first + i - 1)))];

    public void Step(Input input)
    {
        foreach (var effect in Core.Step(input, Now))
        {
            Done.Add(Describe.Of(effect));
            switch (effect)
            {
                case Effect.Send(var envelope) when envelope.Body is not Message.Greeting:
                    Sent.Add(envelope);
                    break;
                case Effect.Commit(var entries):
                    Committed.AddRange(entries);
                    break;
                case Effect.Persist(var ticket, var state, _):
                    (LastTicket, HardState) = (ticket, state ?? HardState);
                    break;
                case Effect.StoreChunk(var ticket, _, _, _):
                    LastTicket = ticket;
                    break;
                case Effect.InstallSnapshot(var ticket, _, _):
                    LastTicket = ticket;
                    break;
            }
        }

        if (!IsDiskSlow)
        {
            FinishWrites();
        }
    }

    public void FinishWrites()
    {
        for (var ticket = default(Ticket); ticket != LastTicket;)
        {
            ticket = LastTicket;
            IsDiskSlow = true;
            Step(new Input.Persisted(ticket));
            IsDiskSlow = false;
        }
    }

    public void Receive(Member from, long term, Message body, Boot boot = default) =>
        Step(new Input.Receive(new Envelope(from, Raft1, Group, new Term(term), boot, body)));

    public void Append(Member from, long term, LogPosition previous, LogSlice entries, long commit = 0) =>
        Receive(from, term, new Message.AppendEntries(previous, entries, new LogIndex(commit), default));

    /// <summary>Raft2's answer that it has everything up to an index, and to a round of questions.</summary>
    public void Acknowledge(long index, long round = 0) =>
        Receive(Raft2, Core.Term.Value, new Message.AppendEntriesReply(true, new LogIndex(index), default, IsAdmitted: true, round));

    public void Propose(string key) => Step(new Input.Propose([new Payload.Pair(new RequestId(Raft1, 1), key, default)]));

    public void Tick(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Step(Input.Tick.Instance);
        }
    }

    /// <summary>How long it waits for a leader.</summary>
    public int TicksUntilTimeOut()
    {
        var ticks = 0;
        for (; Core.Role == RoleKind.Follower; ticks++)
        {
            Step(Input.Tick.Instance);
        }

        return ticks;
    }

    /// <summary>Lets time pass until the election timer of this process has run out.</summary>
    public void TimeOut()
    {
        var term = Core.Term;
        for (var i = 0; i < 41 && (Core.Role, Core.Term) != (RoleKind.PreCandidate, term); i++)
        {
            Step(Input.Tick.Instance);
        }
    }

    /// <summary>Makes it a candidate: its timer runs out, and raft2 would vote for it.</summary>
    public void Campaign()
    {
        TimeOut();
        Receive(Raft2, Core.Term.Next.Value, new Message.RequestVoteReply(Granted: true, IsPreVote: true));
    }

    /// <summary>Makes it the leader of the next term, with raft2's vote.</summary>
    public void Lead()
    {
        Campaign();
        Receive(Raft2, Core.Term.Value, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
    }

    public IEnumerable<T> SentTo<T>(Member to)
        where T : Message => Sent.Where(envelope => envelope.To == to).Select(envelope => envelope.Body).OfType<T>();

    public string Terms() => string.Join(' ', Core.Read(new LogIndex(1), int.MaxValue).Select(entry => entry.Term));
}
