using System.Text.Json;

namespace RaftActors.Simulator.Tests;

/// <summary>
/// Judges the messages of a trace by the rules of docs/spec/replay.qnt. A promise that leaves is on disk, and an answer ends where its
/// request ends. The replay itself needs Node.js and many seconds for a seed, so it runs seldom and on few seeds.
/// </summary>
internal sealed class TracedPromises
{
    /// <summary>The events that have no rule here. replays.mjs must know each.</summary>
    private static readonly HashSet<string> Others =
    [
        "BecomeCandidate", "BecomeFollower", "BecomeLeader", "Replicate", "Commit", "SendAppendEntriesRequest", "SendRequestVoteRequest",
        "SendAppendEntriesResponse", "SendRequestVoteResponse", "ReceiveAppendEntriesResponse", "ReceiveRequestVoteResponse",
        "Ready", "Crash", "Send", "Receive", "Keep", "Ignore",
    ];

    private readonly Dictionary<string, Process> _processes = [];

    /// <summary>Returns the number and the fault of the first line that breaks a rule, or null.</summary>
    public static string? FirstFault(IEnumerable<string> lines)
    {
        var judge = new TracedPromises();
        foreach (var text in lines)
        {
            using var line = JsonDocument.Parse(text);
            if (judge.FaultOf(line.RootElement.GetProperty("event")) is { } fault)
            {
                return $"line {line.RootElement.GetProperty("line")}: {fault}";
            }
        }

        return null;
    }

    private string? FaultOf(JsonElement line)
    {
        var name = line.GetProperty("nid").GetString()!;
        var process = _processes.TryGetValue(name, out var known) ? known : _processes[name] = new Process();
        var isMessage = line.TryGetProperty("msg", out var message);
        if (isMessage && Text(message, "from") == Text(message, "to"))
        {
            return null;
        }

        var kind = Text(line, "name");
        switch (kind)
        {
            case "InitState":
                return process.Restart(line) ? null : "the disk has what the process never asked it to write";
            case "Persist":
                process.Ask(line);
                return null;
            case "Persisted":
                process.Finish(Number(line, "ticket"));
                return null;
            case "ReceiveRequestVoteRequest":
                var candidate = Text(message, "from");
                return _processes[candidate].HasVote(Number(message, "term"), candidate) ? null : "the candidate's vote is not on disk";
            case "SendRequestVoteResponse" when !message.GetProperty("reject").GetBoolean():
                return process.HasVote(Number(message, "term"), Text(message, "to")) ? null : "the vote is not on disk";
            case "ReceiveAppendEntriesRequest":
                process.Hear(message);
                return null;
            case "SendAppendEntriesResponse" when !message.GetProperty("reject").GetBoolean():
                return process.FaultOfAnswer(message);
            default:
                return Others.Contains(kind) ? null : $"docs/spec/replays.mjs has no step for the event {kind}";
        }
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static List<long> Terms(JsonElement element) =>
        [.. element.GetProperty("terms").EnumerateArray().Select(term => term.GetInt64())];

    private sealed record Stored(long Term, string Vote, List<long> Log);

    private sealed class Process
    {
        private readonly Queue<(long Ticket, Stored Stored)> _asked = [];
        private readonly HashSet<(long Term, string Leader, long Match)> _deserved = [];
        private Stored? _disk;

        private Stored Latest => _asked.Count == 0 ? _disk! : _asked.Last().Stored;

        /// <summary>Finds what the disk has among what it had and what it was asked for.</summary>
        public bool Restart(JsonElement line)
        {
            var durable = line.GetProperty("durable");
            var (term, vote, last, lastTerm) =
                (Number(durable, "term"), Text(durable, "vote"), (int)Number(durable, "log"), Number(durable, "lastTerm"));

            // Every process begins with the entry that founded the group.
            _disk ??= new Stored(term, vote, [1]);
            _disk = _asked.Select(one => one.Stored).Prepend(_disk).LastOrDefault(
                one => (one.Term, one.Vote, one.Log.Count) == (term, vote, last) && one.Log[^1] == lastTerm);
            _asked.Clear();
            _deserved.Clear();
            return _disk is not null;
        }

        public void Ask(JsonElement line)
        {
            var (stored, log) = (Latest, Latest.Log);
            if (line.TryGetProperty("term", out var term))
            {
                stored = stored with { Term = term.GetInt64(), Vote = Text(line, "vote") };
            }

            if (line.TryGetProperty("first", out var first))
            {
                log = [.. log.Take((int)first.GetInt64() - 1), .. Terms(line)];
            }

            _asked.Enqueue((Number(line, "ticket"), stored with { Log = log }));
        }

        public void Finish(long ticket)
        {
            while (_asked.TryPeek(out var write) && write.Ticket <= ticket)
            {
                _disk = _asked.Dequeue().Stored;
            }
        }

        /// <summary>A later term on disk keeps the vote too, because a process votes only in its latest term.</summary>
        public bool HasVote(long term, string candidate) =>
            _disk!.Term > term || (_disk.Term == term && _disk.Vote == candidate);

        /// <summary>Entries deserve an answer with their end. A heartbeat is answered at once, with what the disk has up to it.</summary>
        public void Hear(JsonElement message)
        {
            var sent = message.TryGetProperty("sent", out var whole) ? whole : message;
            var terms = Terms(sent);
            var end = Number(sent, "index") + terms.Count;
            var written = Latest.Log.Zip(_disk!.Log).TakeWhile(pair => pair.First == pair.Second).Count();
            var match = terms.Count == 0 ? Math.Min(end, written) : end;
            _deserved.Add((Number(message, "term"), Text(message, "from"), match));
        }

        public string? FaultOfAnswer(JsonElement message)
        {
            var (term, leader, match) = (Number(message, "term"), Text(message, "to"), Number(message, "match"));
            return !_deserved.Contains((term, leader, match)) ? $"no request deserves an answer with {match}"
                : _disk!.Term < term || _disk.Log.Count < match ? $"the entries up to {match} are not on disk"
                : null;
        }
    }
}
