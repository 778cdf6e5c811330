using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Traces a plain group in the words of the specification of another Raft: docs/traces.md lists the events. It reads the Cores between
/// two steps and changes nothing.
/// </summary>
/// <param name="most">The most events of the specification; the lines beside them do not count.</param>
internal sealed class TlaTrace(int most)
{
    private readonly LinkedList<Line> _lines = [];
    private readonly Dictionary<ProcessName, TracedState> _states = [];

    /// <summary>The requests as they were traced at the leader, where the receiver may need another part of them.</summary>
    private readonly Dictionary<Envelope, SentEntries> _sent = new(ReferenceEqualityComparer.Instance);

    /// <summary>The traced answers, and their index.</summary>
    private readonly Dictionary<Message, long> _answers = new(ReferenceEqualityComparer.Instance);

    private readonly HashSet<Effect> _heldBefore = new(ReferenceEqualityComparer.Instance);
    private Dictionary<ProcessName, Envelope> _keptBefore = [];
    private bool _isTrusted;
    private long _at;

    public int Events { get; private set; }

    private bool IsOver { get; set; }

    public void End() => IsOver = true;

    /// <summary>Writes the lines, each with its number.</summary>
    public void Write(TextWriter output)
    {
        // All numbers have seven digits, so that a sort of the lines as text keeps their order.
        var (number, events) = (1_000_000, 0);
        foreach (var line in _lines)
        {
            events += line.IsKnown ? 1 : 0;
            if (events > most)
            {
                break;
            }

            var tag = line.IsKnown ? "trace" : "core";
            output.Write($"{{\"tag\":\"{tag}\",\"line\":{++number},{line.Event}{line.More}}}}}\n");
        }
    }

    public void OnStart(SimulatedProcess process, long now)
    {
        _at = now;
        var core = process.Core!;
        var state = core.State;
        var traced = new TracedState
        {
            Term = state.Term.Value,
            Vote = VoteOf(state),
            Commit = state.CommitIndex.Value,
            Voters = string.Join(',', core.Configuration.Voters.Select(voter => $"\"{voter.Name.Process}\"")),
        };
        traced.Log.AddRange(process.Log.All().Select(entry => entry.Term.Value));
        _states[process.Name] = traced;
        var incarnation = $",\"incarnation\":\"{process.Member.Incarnation}\",\"boot\":{core.Boot.Number}";
        Event("InitState", process.Name, Durable(process) + incarnation);
    }

    public void OnCrash(SimulatedProcess process, long now)
    {
        _at = now;
        Aside("Crash", process.Name);
    }

    /// <summary>All that the process has asked to write survives a crash, and its messages so far have left it.</summary>
    public void OnReady(SimulatedProcess process, long now)
    {
        if (_states[process.Name].HasNews)
        {
            _at = now;
            Event("Ready", process.Name, Durable(process));
            _states[process.Name].HasNews = false;
        }
    }

    public void Before(SimulatedProcess process, Input input)
    {
        if (IsOver)
        {
            return;
        }

        var state = process.Core!.State;
        _isTrusted = input is Input.Receive(var envelope) && process.Core!.Trusts(envelope);
        _heldBefore.Clear();
        _heldBefore.UnionWith(state.Durability.Held);
        _keptBefore = KeptVotes(state);
    }

    public void After(SimulatedProcess process, Input input, ImmutableArray<Effect> effects, long now)
    {
        if (IsOver)
        {
            return;
        }

        (_at, var name, var core) = (now, process.Name, process.Core!);
        var (state, traced) = (core.State, _states[name]);
        List<Envelope> created =
        [
            .. effects.Concat(state.Durability.Held).OfType<Effect.Send>().Where(effect => !_heldBefore.Contains(effect))
                .Select(effect => effect.Envelope),
        ];
        if (input is Input.Persisted(var ticket))
        {
            Aside("Persisted", name, $",\"ticket\":{ticket.Value}{Durable(process)}");
            ReceiveOwn(name, traced, state);
        }

        var kept = KeptVotes(state);
        if (input is Input.Receive(var received))
        {
            Receive(name, traced, received, created, kept);
            if (received.Body is Message.RequestVote)
            {
                _keptBefore.Remove(received.From.Name); // The new request has replaced it.
            }
        }

        foreach (var peer in state.Roster.Peers)
        {
            if (_keptBefore.TryGetValue(peer.Name, out var request) && kept.GetValueOrDefault(peer.Name) != request)
            {
                ReceiveVoteRequest(name, traced, request, created);
            }
        }

        ChangeRole(name, traced, state);
        Replicate(name, traced, state);
        foreach (var envelope in created.Where(IsEarlierThanCommit))
        {
            Send(name, traced, envelope);
        }

        if (traced.Commit < core.CommitIndex.Value)
        {
            traced.Commit = core.CommitIndex.Value;
            Event("Commit", name);
        }

        foreach (var envelope in created.Where(envelope => !IsEarlierThanCommit(envelope)))
        {
            Send(name, traced, envelope);
        }

        foreach (var effect in effects)
        {
            Carry(name, effect);
        }

        Check(process, traced, state);

        // The message tells the commit index from before this step's commits.
        bool IsEarlierThanCommit(Envelope envelope) =>
            envelope.Body is Message.AppendEntries request && request.Commit < core.CommitIndex;
    }

    /// <summary>The answers of a process to itself, when its own disk has what they say.</summary>
    private void ReceiveOwn(ProcessName name, TracedState traced, RaftState state)
    {
        if (traced.OwnVote is { } term && term == traced.Term && IsOwnVoteDurable(state))
        {
            traced.OwnVote = null;
            Event("ReceiveRequestVoteResponse", name, Msg("MsgVoteResp", name, name, term));
        }

        while (traced.Role == Role.Leader && traced.OwnAnswers.TryPeek(out var own) && own <= state.Log.Durable.Value)
        {
            traced.OwnAnswers.Dequeue();
            Event("ReceiveAppendEntriesResponse", name, Msg("MsgAppResp", name, name, traced.Term, own));
            traced.Match[name] = own;
        }
    }

    /// <summary>The own vote counts from the end of its write on, and may have made this process the leader in the same step.</summary>
    private static bool IsOwnVoteDurable(RaftState state) => state.Role is LeaderRole || state.Candidacy?.OwnVote <= state.Durability.Done;

    private void Receive(
        ProcessName name, TracedState traced, Envelope envelope, List<Envelope> created, Dictionary<ProcessName, Envelope> kept)
    {
        var from = envelope.From.Name;
        switch (envelope.Body)
        {
            case Message.RequestVote { IsPreVote: false } when _isTrusted && kept.GetValueOrDefault(from) != envelope:
                ReceiveVoteRequest(name, traced, envelope, created);
                return;
            case Message.RequestVoteReply { IsPreVote: false } reply when _isTrusted && _answers.ContainsKey(reply):
                var vote = Msg("MsgVoteResp", from, name, envelope.Term.Value, reject: !reply.Granted);
                Event("ReceiveRequestVoteResponse", name, vote);
                Follow(name, traced, envelope.Term.Value);
                return;
            case Message.AppendEntries request when _isTrusted && _sent.ContainsKey(envelope):
                ReceiveEntries(name, traced, envelope, request, created);
                return;
            case Message.AppendEntriesReply reply when _isTrusted && _answers.TryGetValue(reply, out var index):
                Event("ReceiveAppendEntriesResponse", name, Answer(envelope, reply, index));
                Follow(name, traced, envelope.Term.Value);
                if (reply.Accepted && envelope.Term.Value == traced.Term)
                {
                    traced.Match[from] = Math.Max(traced.Match.GetValueOrDefault(from), index);
                }

                return;
            default:
                var isDelayed = kept.GetValueOrDefault(from) == envelope;
                Aside(!_isTrusted ? "Ignore" : isDelayed ? "Keep" : "Receive", name, Other(envelope));
                return;
        }
    }

    private void ReceiveVoteRequest(ProcessName name, TracedState traced, Envelope envelope, List<Envelope> created)
    {
        var (candidate, position) = (envelope.From.Name, ((Message.RequestVote)envelope.Body).Position);
        Event("ReceiveRequestVoteRequest", name, VoteRequest(envelope, position));
        Follow(name, traced, envelope.Term.Value);
        var (term, index) = (position.Term.Value, position.Index.Value);
        var hasOurLog = term > traced.LastTerm || (term == traced.LastTerm && index >= traced.Log.Count);
        if (envelope.Term.Value == traced.Term && hasOurLog && (traced.Vote ?? candidate) == candidate)
        {
            traced.Vote = candidate;
        }

        if (created.FindLast(one => one.To.Name == candidate && one.Body is Message.RequestVoteReply { IsPreVote: false }) is { } answer)
        {
            _answers[answer.Body] = 0;
        }
    }

    /// <summary>
    /// A request for entries. The specification lets a follower pass over all entries of a message that begins below its commit index,
    /// and answer with its commit index. So the message is traced without the entries up to there. And a heartbeat that is answered
    /// with an earlier index than its own, because the disk is slow, is traced as two.
    /// </summary>
    private void ReceiveEntries(
        ProcessName name, TracedState traced, Envelope envelope, Message.AppendEntries request, List<Envelope> created)
    {
        var (sent, isStale) = (_sent[envelope], envelope.Term.Value < traced.Term);
        var (previous, end) = (request.Previous.Index.Value, request.Previous.Index.Value + request.Entries.Length);
        var answer = created.Find(one => one.To == envelope.From && one.Body is Message.AppendEntriesReply);
        var reply = (Message.AppendEntriesReply?)answer?.Body;
        var isAccepted = reply?.Accepted ?? (!isStale && Holds(traced, request.Previous));
        if (!isAccepted)
        {
            Event("ReceiveAppendEntriesRequest", name, Whole(envelope, sent, sent.From, sent.Count));
            Follow(name, traced, envelope.Term.Value, isLeader: true);
            if (reply is not null)
            {
                _answers[reply] = 0;
            }

            return;
        }

        var answered = Math.Max(end, traced.Commit);
        var index = Math.Max(reply?.Match.Value ?? answered, traced.Commit);
        if (index != answered)
        {
            Event("ReceiveAppendEntriesRequest", name, Part(envelope, sent, index, 0, isWhole: false));
            Follow(name, traced, envelope.Term.Value, isLeader: true);
            traced.Commit = Math.Max(traced.Commit, Math.Min(sent.Commit, index));
        }

        var first = Math.Max(previous, traced.Commit);
        var main = end <= traced.Commit
            ? Whole(envelope, sent, sent.From, sent.Count)
            : Part(envelope, sent, first, (int)(end - first), isWhole: true);
        Event("ReceiveAppendEntriesRequest", name, main);
        Follow(name, traced, envelope.Term.Value, isLeader: true);
        foreach (var entry in request.Entries)
        {
            var place = (int)entry.Index.Value - 1;
            if (place < traced.Log.Count && traced.Log[place] != entry.Term.Value)
            {
                traced.Log.RemoveRange(place, traced.Log.Count - place);
            }

            if (place == traced.Log.Count)
            {
                traced.Log.Add(entry.Term.Value);
            }
        }

        traced.Commit = Math.Max(traced.Commit, Math.Min(sent.Commit, end));
        if (reply is not null)
        {
            _answers[reply] = index;
        }
    }

    private static bool Holds(TracedState traced, LogPosition position) =>
        position.Index.Value <= traced.Log.Count
        && (position.Index.Value == 0 || traced.Log[(int)position.Index.Value - 1] == position.Term.Value);

    /// <summary>Returns a part of a request, and traces that it was sent too if it was not.</summary>
    /// <param name="isWhole">Whether the part stands for the request, and not for a heartbeat that Core did not send.</param>
    private string Part(Envelope envelope, SentEntries sent, long from, int count, bool isWhole)
    {
        var part = isWhole ? Whole(envelope, sent, from, count) : AppendEntries(envelope, sent, from, count);
        if ((from, count) != (sent.From, sent.Count) && sent.Parts.Add((from, count)))
        {
            _lines.AddAfter(sent.Line, sent.Line.Value with { More = part });
            Events++;
        }

        return part;
    }

    /// <summary>A message of a later term, or of the leader of the term, makes a process a follower.</summary>
    private void Follow(ProcessName name, TracedState traced, long term, bool isLeader = false)
    {
        if (term < traced.Term || (term == traced.Term && !(isLeader && traced.Role == Role.Candidate)))
        {
            return;
        }

        traced.Vote = term > traced.Term ? null : traced.Vote;
        (traced.Term, traced.Role) = (term, Role.Follower);
        traced.OwnAnswers.Clear();
    }

    /// <summary>The changes of role that no message made.</summary>
    private void ChangeRole(ProcessName name, TracedState traced, RaftState state)
    {
        var isCandidate = state.Candidacy is not null;
        if (traced.Role != Role.Follower && !isCandidate && state.Role is not LeaderRole && state.Term.Value == traced.Term)
        {
            traced.Role = Role.Follower;
            traced.OwnAnswers.Clear();
            Event("BecomeFollower", name);
        }

        if (state.Term.Value > traced.Term)
        {
            (traced.Term, traced.Vote, traced.Role, traced.OwnVote) = (state.Term.Value, name, Role.Candidate, state.Term.Value);
            Event("BecomeCandidate", name);
            Event("SendRequestVoteResponse", name, Msg("MsgVoteResp", name, name, traced.Term));
        }

        if (traced.Role == Role.Candidate && state.Role is LeaderRole)
        {
            traced.Role = Role.Leader;
            traced.Match.Clear();
            traced.OwnAnswers.Clear();
            Event("BecomeLeader", name);
        }
    }

    private void Replicate(ProcessName name, TracedState traced, RaftState state)
    {
        var isLonger = traced.Role == Role.Leader && traced.Log.Count < state.Log.Last.Value;
        while (traced.Log.Count < state.Log.Last.Value && isLonger)
        {
            traced.Log.Add(traced.Term);
            var serial = state.Log.PositionAt(new LogIndex(traced.Log.Count)).Serial.Value;
            Event("Replicate", name, $",\"serial\":{serial}");
        }

        if (isLonger)
        {
            traced.OwnAnswers.Enqueue(traced.Log.Count);
            var own = Msg("MsgAppResp", name, name, traced.Term, traced.Log.Count);
            Event("SendAppendEntriesResponse", name, own);
        }
    }

    /// <summary>A message was made. Requests are traced here, though they may wait for the disk until <c>Ready</c>.</summary>
    private void Send(ProcessName name, TracedState traced, Envelope envelope)
    {
        switch (envelope.Body)
        {
            case Message.AppendEntries request:
                // The receiver has told that it has everything up to here, so the specification sends only what follows.
                var (index, end) = (request.Previous.Index.Value, request.Previous.Index.Value + request.Entries.Length);
                var from = Math.Max(index, traced.Match.GetValueOrDefault(envelope.To.Name));
                var sent = new SentEntries(traced.Commit, from, (int)Math.Max(0, end - from), [.. traced.Log]);
                Event("SendAppendEntriesRequest", name, Whole(envelope, sent, sent.From, sent.Count));
                _sent[envelope] = sent with { Line = _lines.Last! };
                break;
            case Message.RequestVote { IsPreVote: false } request:
                Event("SendRequestVoteRequest", name, VoteRequest(envelope, request.Position));
                break;
        }
    }

    /// <summary>An effect is carried out: answers leave, and a write begins.</summary>
    private void Carry(ProcessName name, Effect effect)
    {
        switch (effect)
        {
            case Effect.Send({ Body: Message.AppendEntriesReply reply } envelope) when _answers.TryGetValue(reply, out var index):
                Event("SendAppendEntriesResponse", name, Answer(envelope, reply, index));
                break;
            case Effect.Send({ Body: Message.RequestVoteReply reply } envelope) when _answers.ContainsKey(reply):
                var vote = Msg("MsgVoteResp", name, envelope.To.Name, envelope.Term.Value, reject: !reply.Granted);
                Event("SendRequestVoteResponse", name, vote);
                break;
            case Effect.Send({ Body: not (Message.AppendEntries or Message.RequestVote { IsPreVote: false }) } envelope):
                Aside("Send", name, Other(envelope));
                break;
            case Effect.Persist(var ticket, var hardState, var entries):
                var term = hardState is null ? "" : $",\"term\":{hardState.Term.Value},\"vote\":\"{Vote(hardState.VotedFor?.Name)}\"";
                var terms = Terms(entries.Select(entry => entry.Term.Value));
                var written = entries.IsEmpty ? "" : $",\"first\":{entries[0].Index.Value},\"terms\":{terms}";
                Aside("Persist", name, $",\"ticket\":{ticket.Value}{term}{written}");
                break;
        }
    }

    /// <summary>The trace follows the rules of the specification, and must come to the same state as the Core.</summary>
    private static void Check(SimulatedProcess process, TracedState traced, RaftState state)
    {
        var role = state.Role is LeaderRole ? Role.Leader : state.Candidacy is null ? Role.Follower : Role.Candidate;
        var isSame = (traced.Term, traced.Vote, traced.Role, traced.Commit, traced.Log.Count, traced.LastTerm)
            == (state.Term.Value, VoteOf(state), role, state.CommitIndex.Value, state.Log.Last.Value, state.Log.LastPosition.Term.Value);
        Violation.Unless(
            isSame,
            "trace",
            $"{process.Name} is {role} of term {state.Term}, vote {VoteOf(state)}, commit {state.CommitIndex}, {state.Log.LastPosition}; "
            + $"traced {traced.Role} of term {traced.Term}, vote {traced.Vote}, commit {traced.Commit}, {traced.Log.Count}");
    }

    private void Event(string name, ProcessName process, string more = "")
    {
        if (!IsOver)
        {
            Add(isKnown: true, name, process, more);
            _states[process].HasNews = true;
            IsOver = ++Events > most;
        }
    }

    /// <summary>A line that the specification does not know.</summary>
    private void Aside(string name, ProcessName process, string more = "")
    {
        if (!IsOver)
        {
            Add(isKnown: false, name, process, more);
        }
    }

    private void Add(bool isKnown, string name, ProcessName process, string more)
    {
        var state = _states[process];
        var text = $"\"at\":{_at / 1000}.{_at % 1000:D3},\"event\":{{\"name\":\"{name}\",\"nid\":\"{process.Process}\","
            + $"\"state\":{{\"term\":{state.Term},\"vote\":\"{Vote(state.Vote)}\",\"commit\":{state.Commit}}},"
            + $"\"role\":\"State{state.Role}\",\"log\":{state.Log.Count},\"lastTerm\":{state.LastTerm},\"conf\":[[{state.Voters}],[]]";
        _lines.AddLast(new Line(isKnown, text, more));
    }

    private static string Durable(SimulatedProcess process)
    {
        var (disk, hard) = (process.Disk, process.Disk.HardState);
        return $",\"durable\":{{\"term\":{hard.Term.Value},\"vote\":\"{Vote(hard.VotedFor?.Name)}\",\"log\":{disk.Log.Last},"
            + $"\"lastTerm\":{disk.Log.TermAt(disk.Log.Last).Value}}}";
    }

    /// <summary>
    /// A request as the other specification sends it, without entries that Core sent in vain. The line also has what Core sent.
    /// Otherwise our own specification could not judge Core's answer, which ends where Core's request ends.
    /// </summary>
    private static string Whole(Envelope envelope, SentEntries sent, long from, int count)
    {
        var request = (Message.AppendEntries)envelope.Body;
        var (index, length) = (request.Previous.Index.Value, request.Entries.Length);
        var more = (index, length) == (from, count) ? "" : $",\"sent\":{{\"index\":{index},\"logTerm\":{sent.TermAt(index)},"
            + $"\"terms\":{Terms(sent.TermsOf(index, length))},\"commit\":{Math.Min(sent.Commit, index + length)}}}";
        return AppendEntries(envelope, sent, from, count, more);
    }

    private static string AppendEntries(Envelope envelope, SentEntries sent, long from, int count, string more = "") => Msg(
        "MsgApp",
        envelope.From.Name,
        envelope.To.Name,
        envelope.Term.Value,
        from,
        sent.TermAt(from),
        Math.Min(sent.Commit, from + count),
        sent.TermsOf(from, count),
        more: more);

    private static string VoteRequest(Envelope envelope, LogPosition position) => Msg(
        "MsgVote", envelope.From.Name, envelope.To.Name, envelope.Term.Value, position.Index.Value, position.Term.Value);

    private static string Answer(Envelope envelope, Message.AppendEntriesReply reply, long index) => Msg(
        "MsgAppResp",
        envelope.From.Name,
        envelope.To.Name,
        envelope.Term.Value,
        index,
        reject: !reply.Accepted,
        more: $",\"match\":{reply.Match.Value}");

    private static string Other(Envelope envelope)
    {
        var type = envelope.Body switch
        {
            Message.RequestVote { IsPreVote: true } => "MsgPreVote",
            Message.RequestVoteReply { IsPreVote: true } => "MsgPreVoteResp",
            Message.RequestVote => "MsgVote",
            Message.RequestVoteReply => "MsgVoteResp",
            Message.AppendEntries => "MsgApp",
            Message.AppendEntriesReply => "MsgAppResp",
            Message.TimeoutNow => "MsgTimeoutNow",
            Message.ReadIndex => "MsgReadIndex",
            Message.ReadIndexReply => "MsgReadIndexResp",
            var body => body.GetType().Name,
        };
        var reject = envelope.Body is Message.RequestVoteReply { Granted: false } or Message.AppendEntriesReply { Accepted: false };
        var (from, to, boot) = (envelope.From.Name, envelope.To.Name, $",\"boot\":{envelope.Boot.Number}");
        return Msg(type, from, to, envelope.Term.Value, reject: reject, more: boot);
    }

    private static string Msg(
        string type,
        ProcessName from,
        ProcessName to,
        long term,
        long index = 0,
        long logTerm = 0,
        long commit = 0,
        IEnumerable<long>? terms = null,
        bool reject = false,
        string more = "")
    {
        List<long> entries = [.. terms ?? []];
        return $",\"msg\":{{\"type\":\"{type}\",\"term\":{term},\"from\":\"{from.Process}\",\"to\":\"{to.Process}\","
            + $"\"entries\":{entries.Count},\"terms\":{Terms(entries)},\"logTerm\":{logTerm},\"index\":{index},\"commit\":{commit},"
            + $"\"vote\":\"0\",\"reject\":{(reject ? "true" : "false")},\"rejectHint\":0{more}}}";
    }

    private static string Terms(IEnumerable<long> terms) => $"[{string.Join(',', terms)}]";

    private static string Vote(ProcessName? name) => name?.Process ?? "0";

    private static ProcessName? VoteOf(RaftState state) => state.HardState.VotedFor?.Name;

    private static Dictionary<ProcessName, Envelope> KeptVotes(RaftState state) => state.Roster.Peers
        .Where(peer => peer.KeptRequest is { Body: Message.RequestVote { IsPreVote: false } })
        .ToDictionary(peer => peer.Name, peer => peer.KeptRequest!);

    private enum Role
    {
        Follower,
        Candidate,
        Leader,
    }

    /// <summary>The state of a process by the rules of the specification.</summary>
    private sealed class TracedState
    {
        public long Term { get; set; }

        public ProcessName? Vote { get; set; }

        public Role Role { get; set; }

        /// <summary>Whether it has changed, or made a message, since the last <c>Ready</c>.</summary>
        public bool HasNews { get; set; }

        public long Commit { get; set; }

        /// <summary>The terms of the entries.</summary>
        public List<long> Log { get; } = [];

        /// <summary>The names of the voters, quoted. They never change.</summary>
        public required string Voters { get; init; }

        public long LastTerm => Log.Count == 0 ? 0 : Log[^1];

        /// <summary>On a leader: what each process has told to have.</summary>
        public Dictionary<ProcessName, long> Match { get; } = [];

        /// <summary>On a leader: the ends of its own writes under way.</summary>
        public Queue<long> OwnAnswers { get; } = [];

        /// <summary>The term of an own vote that is being written.</summary>
        public long? OwnVote { get; set; }
    }

    /// <param name="IsKnown">Whether it is an event of the specification.</param>
    /// <param name="More">The fields of the event that not all have.</param>
    private sealed record Line(bool IsKnown, string Event, string More);

    /// <summary>A request as it was traced: <paramref name="Count"/> entries after <paramref name="From"/> of the leader's log.</summary>
    private sealed record SentEntries(long Commit, long From, int Count, long[] Log)
    {
        public HashSet<(long From, int Count)> Parts { get; } = [];

        public LinkedListNode<Line> Line { get; init; } = null!;

        public long TermAt(long index) => index == 0 ? 0 : Log[index - 1];

        public IEnumerable<long> TermsOf(long from, int count) => Log.Skip((int)from).Take(count);
    }
}
