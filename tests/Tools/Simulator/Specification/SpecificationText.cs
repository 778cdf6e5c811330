using System.Text.Json;

using RaftActors.Core;

namespace RaftActors.Simulator.Specification;

/// <summary>The same text for a process, a log or a message of the specification and for that of a Core.</summary>
internal static class SpecificationText
{
    public static string OfProcess(JsonElement process)
    {
        var (memory, disk) = (process.GetProperty("memory"), process.GetProperty("disk"));
        var acknowledged = process.GetProperty("onDisk").EnumerateArray()
            .Where(pair => pair[1].GetInt64() > 0).Select(pair => $"{OfMember(pair[0])}:{pair[1]}");
        var role = Tag(process.GetProperty("role"));
        return $"{role} in term {memory.GetProperty("term")}, vote {OfMember(memory.GetProperty("vote"))}"
            + (memory.GetProperty("isAdmitted").GetBoolean() ? "" : ", not admitted")
            + $", votes ({Joined(process.GetProperty("votes").EnumerateArray().Select(OfMember))}), on disks ({Joined(acknowledged)})"
            + $", commit {process.GetProperty("commit")}, written {process.GetProperty("written")}, log {OfLog(memory)}"
            + $"; disk: term {disk.GetProperty("term")}, vote {OfMember(disk.GetProperty("vote"))}, log {OfLog(disk)}";
    }

    public static string OfProcess(RaftCore core, RaftState state, InitialState disk)
    {
        var votes = state.Role is CandidateRole candidate ? candidate.Ballot.Granted() : [];
        var acknowledged = core.Matches.Where(one => one.Match > LogIndex.Zero).Select(one => $"{OfMember(one.Peer)}:{one.Match}");
        var log = core.Read(core.Base.Index.Next, int.MaxValue);
        return $"{core.Role} in term {core.Term}, vote {OfMember(state.HardState.VotedFor)}"
            + (core.IsAdmitted ? "" : ", not admitted")
            + $", votes ({Joined(votes.Select(member => OfMember(member)))}), on disks ({Joined(acknowledged)})"
            + $", commit {core.CommitIndex}, written {state.Log.Durable}, log {OfLog(core.Base, log)}"
            + $"; disk: term {disk.HardState.Term}, vote {OfMember(disk.HardState.VotedFor)}, log {OfLog(disk.Base, disk.Log)}";
    }

    /// <summary>The text of a message that Core sends by itself; null for any other one.</summary>
    public static string? OfMessage(Envelope envelope) => envelope.Body switch
    {
        Message.RequestVote request => $"request {request.Position.Index}/{request.Position.Term}",
        Message.RequestVoteReply { Granted: true } => "vote",
        Message.AppendEntriesReply { Accepted: true } reply => $"durable {reply.Match}",
        _ => null,
    } is { } body ? $"{OfMember(envelope.From)}.{envelope.Boot.Number} to {OfMember(envelope.To)} in {envelope.Term}: {body}" : null;

    public static string OfMessage(JsonElement message)
    {
        var body = message.GetProperty("body");
        var value = body.GetProperty("value");
        return $"{OfMember(message.GetProperty("from"))}.{message.GetProperty("boot")} to {OfMember(message.GetProperty("to"))}"
            + $" in {message.GetProperty("term")}: " + Tag(body) switch
            {
                "VoteRequest" => $"request {value.GetProperty("last")}/{value.GetProperty("lastTerm")}",
                "Vote" => "vote",
                "Durable" => $"durable {value}",
                "Append" => $"entries after {value.GetProperty("previous")} up to commit {value.GetProperty("commit")}: "
                    + Joined(value.GetProperty("entries").EnumerateArray().Select(OfEntry)),
                _ => $"snapshot {Joined(value.EnumerateArray().Select(OfEntry))}",
            };
    }

    public static string Tag(JsonElement variant) => variant.GetProperty("tag").GetString()!;

    public static string OfMember(JsonElement member) =>
        OfMember(member.GetProperty("name").GetString()!, member.GetProperty("incarnation").GetInt32());

    private static string OfMember(Member? member) => member is { } one
        ? OfMember(one.Name.Process, int.Parse($"{one.Incarnation.Value}"[..8]))
        : OfMember("", 0);

    private static string OfMember(string name, int incarnation) => incarnation == 0 ? "nobody" : $"{name}{incarnation}";

    private static string OfLog(JsonElement stored)
    {
        var start = stored.GetProperty("base").GetInt32();
        return $"from {start}: " + Joined(stored.GetProperty("log").EnumerateArray().Skip(start).Select(OfEntry), sorts: false);
    }

    private static string OfLog(LogPosition start, IEnumerable<LogEntry> log) =>
        $"from {start.Index}: " + Joined(log.Select(OfEntry), sorts: false);

    private static string OfEntry(JsonElement entry)
    {
        var payload = entry.GetProperty("payload");
        var value = payload.GetProperty("value");
        string Members(string set) => Joined(value.GetProperty(set).EnumerateArray().Select(OfMember));
        return $"{entry.GetProperty("term")}/" + Tag(payload) switch
        {
            "NoOp" => "no-op",
            "Pair" => $"request {value}",
            _ => $"({Members("voters")} | {Members("old")} | {Members("learners")})",
        };
    }

    private static string OfEntry(LogEntry entry)
    {
        static string Members(IEnumerable<Member> members) => Joined(members.Select(member => OfMember(member)));
        return $"{entry.Term}/" + entry switch
        {
            { Configuration: { } it } => $"({Members(it.Voters)} | {Members(it.OldVoters)} | {Members(it.Learners)})",
            { Request: { } request } => $"request {request.Number}",
            _ => "no-op",
        };
    }

    private static string Joined(IEnumerable<string> parts, bool sorts = true) =>
        string.Join(' ', sorts ? parts.Order(StringComparer.Ordinal) : parts);
}
