using System.Text.Json;

namespace RaftActors.Simulator.Tests;

/// <summary>
/// Checks a trace by the rules of Raft, from its lines alone, as docs/traces.md describes them. It shares no code with Core or the
/// simulator.
/// </summary>
internal sealed class PlainRaft
{
    private readonly Dictionary<string, Node> _nodes = [];
    private readonly Dictionary<Message, int> _network = [];
    private readonly Dictionary<long, string> _leaders = [];

    public int Elections => _leaders.Count;

    public int Commits { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>The first line that no rule allows, with the reason; null: the trace is a run of Raft.</summary>
    public string? Check(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("tag").GetString() == "trace" && Reject(json.RootElement.GetProperty("event")) is { } reason)
            {
                return $"{reason}: {line}";
            }
        }

        return null;
    }

    private string? Reject(JsonElement line)
    {
        var (name, id) = (line.GetProperty("name").GetString()!, line.GetProperty("nid").GetString()!);
        var told = Told.Of(line);
        if (!_nodes.TryGetValue(id, out var node))
        {
            _nodes.Add(id, new Node(id, told));
            return name == "InitState" ? null : "a process acts before it started";
        }

        if (name.StartsWith("Receive", StringComparison.Ordinal))
        {
            var message = Message.Of(line);
            return !told.IsStateOf(node) ? "another state before the message"
                : _network.GetValueOrDefault(message) == 0 ? "a message that is not under way"
                : Receive(node, message);
        }

        var refusal = Act(node, name, told, line);
        return refusal ?? (told.IsStateOf(node) ? null : "another state after the event");
    }

    private string? Act(Node node, string name, Told told, JsonElement line)
    {
        switch (name)
        {
            case "InitState":
                node.Restart();
                Restarts++;
                return null;
            case "Ready":
                node.Durable = (node.Term, node.Vote, node.Commit, [.. node.Log]);
                node.Pending.ForEach(message => _network[message] = _network.GetValueOrDefault(message) + 1);
                node.Pending.Clear();
                return null;
            case "BecomeFollower":
                node.Role = "StateFollower";
                return null;
            case "BecomeCandidate":
                (node.Term, node.Vote, node.Role) = (node.Term + 1, node.Id, "StateCandidate");
                node.Votes.Clear();
                return null;
            case "BecomeLeader":
                var isElected = node.Role == "StateCandidate" && 2 * node.Votes.Count > told.Voters && _leaders.TryAdd(node.Term, node.Id);
                (node.Role, node.Match) = ("StateLeader", new() { [node.Id] = node.Log.Count });
                return isElected ? null : "a leader without a majority, or a second one of the term";
            case "Replicate":
                node.Log.Add(node.Term);
                return node.Role == "StateLeader" ? null : "only a leader appends";
            case "Commit":
                return Commit(node, told);
            default:
                return Send(node, Message.Of(line));
        }
    }

    private string? Commit(Node leader, Told told)
    {
        Commits++;
        leader.Commit = told.Commit;
        bool Has(Node node) => node.Durable.Log.Count >= told.Commit && node.Durable.Log[(int)told.Commit - 1] == leader.Term;
        var isCounted = 2 * leader.Match.Values.Count(match => match >= told.Commit) > told.Voters;
        return leader.Role == "StateLeader" && isCounted && 2 * _nodes.Values.Count(Has) > told.Voters
            ? null
            : "a commit without a majority of disks, or of an entry of another term";
    }

    private static string? Send(Node node, Message message)
    {
        var isAllowed = message.Type switch
        {
            "MsgVote" => node.Role == "StateCandidate" && (message.Index, message.LogTerm) == (node.Log.Count, node.TermAt(node.Log.Count)),
            "MsgApp" => node.Role == "StateLeader" && message.LogTerm == node.TermAt(message.Index)
                && message.Commit == Math.Min(node.Commit, message.Index + message.Entries.Count)
                && message.Terms == string.Join(',', node.Log.Skip((int)message.Index).Take(message.Entries.Count)),
            "MsgVoteResp" when message.From == message.To => node.Role == "StateCandidate",
            "MsgAppResp" when message.From == message.To => node.Role == "StateLeader" && message.Index == node.Log.Count,
            _ => node.Answers.Contains(message),
        };
        var isOwn = message.Type is "MsgVote" or "MsgApp" || message.From == message.To;
        if (isOwn)
        {
            node.Pending.Add(message);
        }

        return isAllowed && (!isOwn || message.Term == node.Term) ? null : "a message that the state does not allow";
    }

    private string? Receive(Node node, Message message)
    {
        _network[message]--;
        node.Follow(message.Term);
        var last = node.Log.Count;
        switch (message.Type)
        {
            case "MsgVote":
                var isNewer = message.LogTerm > node.TermAt(last) || (message.LogTerm == node.TermAt(last) && message.Index >= last);
                var isGranted = message.Term == node.Term && isNewer && (node.Vote == "0" || node.Vote == message.From);
                node.Vote = isGranted ? message.From : node.Vote;
                node.Answer(message, "MsgVoteResp", 0, !isGranted);
                break;
            case "MsgVoteResp" when message.Term == node.Term && !message.IsReject:
                node.Votes.Add(message.From);
                break;
            case "MsgAppResp" when message.Term == node.Term && !message.IsReject:
                node.Match[message.From] = Math.Max(node.Match.GetValueOrDefault(message.From), message.Index);
                break;
            case "MsgApp":
                return Append(node, message);
        }

        return null;
    }

    private static string? Append(Node node, Message message)
    {
        if (message.Term == node.Term && node.Role == "StateLeader")
        {
            return "a second leader of the term";
        }

        node.Role = message.Term == node.Term ? "StateFollower" : node.Role;
        var end = message.Index + message.Entries.Count;
        if (message.Term < node.Term || message.Index > node.Log.Count || message.LogTerm != node.TermAt(message.Index))
        {
            node.Answer(message, "MsgAppResp", 0, isReject: true);
            return null;
        }

        if (message.Index < node.Commit)
        {
            node.Answer(message, "MsgAppResp", node.Commit, isReject: false); // Such a message is passed over.
            return null;
        }

        for (var place = 0; place < message.Entries.Count; place++)
        {
            var at = (int)message.Index + place;
            if (at < node.Log.Count && node.Log[at] != message.Entries[place])
            {
                node.Log.RemoveRange(at, node.Log.Count - at);
            }

            if (at == node.Log.Count)
            {
                node.Log.Add(message.Entries[place]);
            }
        }

        node.Commit = Math.Max(node.Commit, Math.Min(message.Commit, end));
        node.Answer(message, "MsgAppResp", end, isReject: false);
        return null;
    }

    private sealed class Node(string id, Told told)
    {
        public string Id => id;

        public long Term { get; set; } = told.Term;

        public string Vote { get; set; } = told.Vote;

        public string Role { get; set; } = "StateFollower";

        public long Commit { get; set; } = told.Commit;

        /// <summary>The terms of the entries; a group begins with entries of term 1.</summary>
        public List<long> Log { get; private set; } = [.. Enumerable.Repeat(1L, (int)told.Log)];

        public (long Term, string Vote, long Commit, List<long> Log) Durable { get; set; } =
            (told.Term, told.Vote, told.Commit, [.. Enumerable.Repeat(1L, (int)told.Log)]);

        public HashSet<string> Votes { get; } = [];

        public Dictionary<string, long> Match { get; set; } = [];

        public List<Message> Pending { get; } = [];

        public HashSet<Message> Answers { get; } = [];

        public long TermAt(long index) => index > 0 && index <= Log.Count ? Log[(int)index - 1] : 0;

        public void Follow(long term)
        {
            if (term > Term)
            {
                (Term, Vote, Role) = (term, "0", "StateFollower");
            }
        }

        public void Answer(Message request, string type, long index, bool isReject)
        {
            var answer = new Message(type, Term, Id, request.From, index, 0, 0, isReject, "");
            Answers.Add(answer);
            Pending.Add(answer);
        }

        public void Restart()
        {
            (Term, Vote, Commit, Log) = (Durable.Term, Durable.Vote, Durable.Commit, [.. Durable.Log]);
            Role = "StateFollower";
            Pending.Clear();
            Votes.Clear();
        }
    }

    /// <summary>The state that a line tells.</summary>
    private sealed record Told(long Term, string Vote, long Commit, string Role, long Log, long LastTerm, int Voters)
    {
        public static Told Of(JsonElement line)
        {
            var state = line.GetProperty("state");
            return new Told(
                state.GetProperty("term").GetInt64(),
                state.GetProperty("vote").GetString()!,
                state.GetProperty("commit").GetInt64(),
                line.GetProperty("role").GetString()!,
                line.GetProperty("log").GetInt64(),
                line.GetProperty("lastTerm").GetInt64(),
                line.GetProperty("conf")[0].GetArrayLength());
        }

        public bool IsStateOf(Node node) => (Term, Vote, Commit, Role, Log, LastTerm)
            == (node.Term, node.Vote, node.Commit, node.Role, node.Log.Count, node.TermAt(node.Log.Count));
    }

    private sealed record Message(
        string Type, long Term, string From, string To, long Index, long LogTerm, long Commit, bool IsReject, string Terms)
    {
        public List<long> Entries => Terms.Length == 0 ? [] : [.. Terms.Split(',').Select(long.Parse)];

        public static Message Of(JsonElement line)
        {
            var message = line.GetProperty("msg");
            return new Message(
                message.GetProperty("type").GetString()!,
                message.GetProperty("term").GetInt64(),
                message.GetProperty("from").GetString()!,
                message.GetProperty("to").GetString()!,
                message.GetProperty("index").GetInt64(),
                message.GetProperty("logTerm").GetInt64(),
                message.GetProperty("commit").GetInt64(),
                message.GetProperty("reject").GetBoolean(),
                string.Join(',', message.GetProperty("terms").EnumerateArray()));
        }
    }
}
