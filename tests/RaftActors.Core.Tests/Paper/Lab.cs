namespace RaftActors.Core.Tests.Paper;

/// <summary>
/// One Core, raft1, in a founded group of three. A test sends it the messages of raft2 and raft3. Its writes are durable at once unless
/// <see cref="IsDiskSlow"/> is set.
/// </summary>
internal sealed class Lab
{
    public static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    /// <param name="terms">Terms of the entries in its log; the first entry is the configuration.</param>
    /// <param name="term">Its current term, if later than that of its last entry.</param>
    /// <param name="with">Changes the default options.</param>
    /// <param name="configured">Changes the default configuration, in which all three vote.</param>
    /// <param name="stored">Changes the default hard state, in which raft1 may vote.</param>
    public Lab(
        long[] terms,
        long term = 0,
        Func<CoreOptions, CoreOptions>? with = null,
        Func<Configuration, Configuration>? configured = null,
        Func<HardState, HardState>? stored = null)
    {
        var options = new CoreOptions { Self = Raft1, Roster = Roster, FoundingUid = Group, Seed = 1 };
        var state = FoundedGroup.State(Roster, 11, Group, terms, term);
        if (configured is not null && state.Log[0].Payload is Payload.Reconfigure(var usual))
        {
            state = state with { Log = [state.Log[0] with { Payload = new Payload.Reconfigure(configured(usual)) }, .. state.Log.Skip(1)] };
        }

        state = state with { HardState = stored?.Invoke(state.HardState) ?? state.HardState };
        options = with?.Invoke(options) ?? options;
        (Self, Core) = (options.Self, new RaftCore(options, state));
        Step(new Input.Persisted(default));
        Done.Clear();
    }

    public static Member Raft1 => new(Roster[0], SimulatedProcess.IncarnationOf(1));

    public static Member Raft2 => new(Roster[1], SimulatedProcess.IncarnationOf(1));

    public static Member Raft3 => new(Roster[2], SimulatedProcess.IncarnationOf(1));

    /// <summary>The process that the test drives: raft1, unless the options name another incarnation.</summary>
    public Member Self { get; }

    public RaftCore Core { get; }

    /// <summary>The time that each input carries; only a test changes it.</summary>
    public TimeSpan Now { get; set; } = new(1);

    /// <summary>Whether writes stay under way until <see cref="FinishWrites"/>.</summary>
    public bool IsDiskSlow { get; set; }

    /// <summary>All effects so far, as text.</summary>
    public List<string> Done { get; } = [];

    public List<Envelope> Sent { get; } = [];

    public List<LogEntry> Committed { get; } = [];

    /// <summary>The hard state of the latest write; null if no write since the start had one.</summary>
    public HardState? HardState { get; private set; }

    private static ImmutableArray<ProcessName> Roster { get; } = [new("raft1@x"), new("raft2@x"), new("raft3@x")];

    private Ticket LastTicket { get; set; }

    /// <summary>Returns the last position of a log of these terms.</summary>
    public static LogPosition At(params long[] terms)
    {
        var core = new Lab(terms).Core;
        return core.LastPosition;
    }

    /// <summary>Returns entries of these terms, the first one at the index <paramref name="first"/>.</summary>
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

    /// <summary>Receives a message. A reply to a vote request is one to this start, unless it names another one.</summary>
    public void Receive(Member from, long term, Message body, Boot boot = default)
    {
        body = body is Message.RequestVoteReply reply && reply.Asked == default ? reply with { Asked = Core.Boot } : body;
        Step(new Input.Receive(new Envelope(from, Self, Group, new Term(term), boot, body)));
    }

    /// <summary>The connection to a process closed. Another incarnation of it may come.</summary>
    public void Lose(Member other) => Step(new Input.PeerUnreachable(other.Name));

    public void Append(Member from, long term, LogPosition previous, LogSlice entries, long commit = 0) =>
        Receive(from, term, new Message.AppendEntries(previous, entries, new LogIndex(commit), default));

    /// <summary>Receives raft2's acknowledgement of the entries up to an index, and of a round.</summary>
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

    /// <summary>Returns the number of ticks until raft1 campaigns.</summary>
    public int TicksUntilTimeOut()
    {
        var ticks = 0;
        for (; Core.Role == RaftRole.Follower; ticks++)
        {
            Step(Input.Tick.Instance);
        }

        return ticks;
    }

    /// <summary>Ticks until the election timer of raft1 expires.</summary>
    public void TimeOut()
    {
        var term = Core.Term;
        for (var i = 0; i < 41 && (Core.Role, Core.Term) != (RaftRole.PreCandidate, term); i++)
        {
            Step(Input.Tick.Instance);
        }
    }

    /// <summary>Makes raft1 a candidate: its timer expires, and raft2 grants the pre-vote.</summary>
    public void Campaign()
    {
        TimeOut();
        Receive(Raft2, Core.Term.Next.Value, new Message.RequestVoteReply(Granted: true, IsPreVote: true));
    }

    /// <summary>Makes raft1 the leader of the next term, with raft2's vote.</summary>
    public void Lead()
    {
        Campaign();
        Receive(Raft2, Core.Term.Value, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
    }

    public IEnumerable<T> SentTo<T>(Member to)
        where T : Message => Sent.Where(envelope => envelope.To == to).Select(envelope => envelope.Body).OfType<T>();

    public string Terms() => string.Join(' ', Core.Read(new LogIndex(1), int.MaxValue).Select(entry => entry.Term));
}
