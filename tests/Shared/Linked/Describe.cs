using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>
/// Describes each effect and message in one line, for scenario files and traces. Records that hold lists cannot be compared, so tests
/// compare these texts, which differ where the effects do.
/// </summary>
internal static class Describe
{
    public static string Of(Effect effect) => effect switch
    {
        Effect.Send(var envelope) => $"-> {Of(envelope)}",
        Effect.SendChunk(var envelope, _, var limit) => $"-> {Of(envelope)}, at most {limit} bytes",
        Effect.SendEntries(var envelope, var last) => $"-> {Of(envelope)}, with the entries up to {last} from the store",
        Effect.Persist persist => $"persists #{persist.Ticket}{Of(persist.HardState)}{Range(" entries", persist.Entries)}",
        Effect.StoreChunk store =>
            $"persists #{store.Ticket} {store.Data.Length} bytes at {store.Offset} of the snapshot {store.Snapshot}",
        Effect.InstallSnapshot install =>
            $"installs #{install.Ticket} the snapshot {install.Snapshot}{If(install.KeepsLog, ", and keeps what follows it")}",
        Effect.Discard discard => $"discards the log up to {discard.Log}, and snapshots before {discard.Snapshot}",
        Effect.Commit(var entries) => $"commits{Range("", entries)}",
        Effect.Accepted(var entries) => $"accepted{Range("", entries)}",
        Effect.Repeated repeated => $"took {repeated.Request} before, at {repeated.Index} as serial {repeated.Serial}",
        Effect.Overtaken overtaken => $"overtaken {overtaken.Request}, certain at {overtaken.Index}",
        Effect.Rejected rejected => $"rejected {string.Join(", ", rejected.Pairs)}: {rejected.Reason?.ToString() ?? "Transferring"}",
        Effect.ReadReady ready => $"read {ready.Id} may be answered at {ready.Index}",
        Effect.ReadFailed failed => $"read {failed.Id} failed",
        Effect.TransferEnded ended =>
            $"transfer to {(ended.Target is { } target ? $"{target}" : "anybody")} ended: {ended.Reason?.ToString() ?? "Done"}",
        Effect.MembersAccepted accepted => $"members accepted {accepted.Request} at {accepted.Index}",
        Effect.MembersRefused refused => $"members refused {refused.Request}: {refused.Reason}: {refused.Detail}",
        Effect.MembersDecided decided => $"decides {decided.Index} {decided.Configuration}, since {decided.Reason}",
        Effect.PeerMet met => $"met {met.Peer} at serial {met.Serial}",
        Effect.QuorumChanged { Quorum: null } => "quorum lost",
        Effect.QuorumChanged { Quorum: { } quorum } =>
            $"quorum {string.Join(' ', quorum.Members)} ({(quorum.IsMember ? "member" : "learner")})",
        Effect.LeaderChanged { Leader: null } => "leader lost",
        Effect.LeaderChanged { Leader: { } leader } =>
            $"leader {leader.Leader} of term {leader.Term} at serial {leader.Serial}"
            + $"{If(leader.IsSelf, ", itself")}{If(leader.IsReady, ", ready")}",
        Effect.Quiesced quiesced =>
            $"quiescent under {quiesced.Leader} of term {quiesced.Term}, watches {string.Join(' ', quiesced.Watched)}",
        Effect.Woken => "awake",
        Effect.Unwatched => "unwatched",
        Effect.Refused refused => $"refused by {refused.By}: {refused.Reason} {refused.Serial}: {refused.Detail}",
        Effect.DuplicateRefused refused => $"refuses {refused.Duplicate}, since {refused.Running} runs",
        Effect.Fenced fenced => $"fenced: {fenced.Fence.Reason} {fenced.Fence.Serial}: {fenced.Detail}",
        _ => throw new UnreachableException(),
    };

    public static string Of(Envelope envelope) =>
        $"{envelope.To} term {envelope.Term}{If(envelope.Group != GroupUid.None, $" group {envelope.Group}")}: {Of(envelope.Body)}";

    public static string Of(Message message) => message switch
    {
        Message.Greeting greeting => $"Greeting{If(greeting.IsReply, " back")}, at {greeting.Position}, recorded {greeting.Recorded}"
            + If(greeting.FailureDomain.Length > 0, $", in {greeting.FailureDomain}"),
        Message.RequestVote request =>
            $"{(request.IsPreVote ? "PreVote" : "RequestVote")}{If(request.IsTransfer, " by transfer")}, at {request.Position}",
        Message.RequestVoteReply reply =>
            $"{(reply.IsPreVote ? "PreVoteReply" : "RequestVoteReply")} {(reply.Granted ? "granted" : "refused")}",
        Message.AppendEntries request =>
            $"AppendEntries after {request.Previous}{Range(", entries", request.Entries)}, commit {request.Commit}{Of(request.Round)}",
        Message.AppendEntriesReply { Accepted: true } reply =>
            $"AppendEntriesReply match {reply.Match}{If(!reply.IsAdmitted, ", not to be counted")}{Of(reply.Round)}",
        Message.AppendEntriesReply reply => $"AppendEntriesReply refused, try {reply.Match}/{reply.ConflictTerm}{Of(reply.Round)}",
        Message.Quiesce question => $"Quiesce at {question.Last}",
        Message.QuiesceReply reply => $"QuiesceReply at {reply.Last}{If(!reply.Agrees, " refused")}",
        Message.TimeoutNow => "TimeoutNow",
        Message.ReadIndex question => $"ReadIndex {question.Id}{(question.MayUseLease ? "" : " without the lease")}",
        Message.ReadIndexReply reply => $"ReadIndexReply {reply.Id}: {(reply.Index is { } index ? $"{index}" : "not the leader")}",
        Message.SnapshotChunk chunk =>
            $"SnapshotChunk {ContentOf(chunk)} at {chunk.Place} of {chunk.Snapshot}"
            + $"{If(chunk.SessionCount > 0, $", {Sessions(chunk.SessionCount)}")}{If(chunk.KeyCount > 0, $", {Keys(chunk.KeyCount)}")}"
            + $"{Of(chunk.Round)}",
        Message.SnapshotChunkReply reply => $"SnapshotChunkReply {reply.Snapshot}, next {reply.NextPlace}{Of(reply.Round)}",
        Message.ComparePrefix comparison =>
            $"ComparePrefix agreed {comparison.Agreed}, differs {comparison.Differs}, mine {comparison.Mine}",
        Message.Refusal refusal => $"Refusal {refusal.Reason} {refusal.Serial}: {refusal.Detail}",
        _ => throw new UnreachableException(),
    };

    private static string ContentOf(Message.SnapshotChunk chunk) => chunk switch
    {
        { Sessions.IsEmpty: false } => Sessions(chunk.Sessions.Length),
        { Keys.IsEmpty: false } => Keys(chunk.Keys.Length),
        _ => $"{chunk.Data.Length} bytes",
    };

    private static string Keys(int count) => count == 1 ? "1 key" : $"{count} keys";

    private static string Sessions(int count) => count == 1 ? "1 session" : $"{count} sessions";

    private static string Of(long round) => If(round > 0, $", round {round}");

    private static string Of(HardState? state) => state is null ? ""
        : $" term {state.Term}{If(state.VotedFor is not null, $" vote {state.VotedFor}")} recorded({string.Join(' ', state.Recorded)})"
            + $"{If(state.IsAdmitted, " admitted")}{If(state.Group != GroupUid.None, $" group {state.Group}")}"
            + $"{If(state.Boot.Number > 0, $" boot {state.Boot}")}{If(state.Fence is not null, $" fenced {state.Fence?.Reason}")}";

    private static string Range(string what, LogSlice entries) => If(!entries.IsEmpty, $"{what} {string.Join<LogEntry>(", ", entries)}");

    private static string If(bool condition, string text) => condition ? text : "";
}
