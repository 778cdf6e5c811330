using System.Collections.Immutable;
using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>
/// Effects and messages as one line of text each: for scenario files, traces and flight recorders. Two things that differ in what matters
/// have different texts, so a text can be compared where a record with lists in it cannot.
/// </summary>
public static class Describe
{
    /// <summary>What is to be done.</summary>
    public static string Of(Effect effect) => effect switch
    {
        Effect.Send(var envelope) => $"-> {Of(envelope)}",
        Effect.Persist persist => $"persists #{persist.Ticket}{Of(persist.HardState)}{Range(" entries", persist.Entries)}",
        Effect.Commit(var entries) => $"commits{Range("", entries)}",
        Effect.Accepted accepted => $"accepted {accepted.Request} at {accepted.Index}/{accepted.Term} as serial {accepted.Serial}",
        Effect.Rejected rejected => $"rejected {rejected.Request}",
        Effect.PeerMet met => $"met {met.Peer} at serial {met.Serial}",
        Effect.QuorumChanged { Quorum: null } => "quorum lost",
        Effect.QuorumChanged { Quorum: { } quorum } =>
            $"quorum {string.Join(' ', quorum.Members)} ({(quorum.IsMember ? "member" : "follower")})",
        Effect.LeaderChanged { Leader: null } => "leader lost",
        Effect.LeaderChanged { Leader: { } leader } =>
            $"leader {leader.Leader} of term {leader.Term} at serial {leader.Serial}"
            + $"{If(leader.IsSelf, ", itself")}{If(leader.IsReady, ", ready")}",
        Effect.Refused refused => $"refused by {refused.By}: {refused.Reason} {refused.Serial}: {refused.Detail}",
        _ => throw new UnreachableException(),
    };

    /// <summary>To whom, what, and in which term.</summary>
    public static string Of(Envelope envelope) =>
        $"{envelope.To} term {envelope.Term}{If(envelope.Group != GroupUid.None, $" group {envelope.Group}")}: {Of(envelope.Body)}";

    /// <summary>What is said.</summary>
    public static string Of(Message message) => message switch
    {
        Message.Greeting greeting => $"Greeting{If(greeting.IsReply, " back")}, at {greeting.Position}, recorded {greeting.Recorded}",
        Message.RequestVote request => $"{(request.IsPreVote ? "PreVote" : "RequestVote")}, at {request.Position}",
        Message.RequestVoteReply reply =>
            $"{(reply.IsPreVote ? "PreVoteReply" : "RequestVoteReply")} {(reply.Granted ? "granted" : "refused")}",
        Message.AppendEntries request =>
            $"AppendEntries after {request.Previous}{Range(", entries", request.Entries)}, commit {request.Commit}",
        Message.AppendEntriesReply { Accepted: true } reply =>
            $"AppendEntriesReply match {reply.Match}{If(!reply.IsAdmitted, ", not to be counted")}",
        Message.AppendEntriesReply reply => $"AppendEntriesReply refused, try {reply.Match}/{reply.ConflictTerm}",
        Message.ComparePrefix comparison =>
            $"ComparePrefix agreed {comparison.Agreed}, differs {comparison.Differs}, mine {comparison.Mine}",
        Message.Refusal refusal => $"Refusal {refusal.Reason} {refusal.Serial}: {refusal.Detail}",
        _ => throw new UnreachableException(),
    };

    private static string Of(HardState? state) => state is null ? ""
        : $" term {state.Term}{If(state.VotedFor is not null, $" vote {state.VotedFor}")} recorded({string.Join(' ', state.Recorded)})"
            + $"{If(state.IsAdmitted, " admitted")}{If(state.Group != GroupUid.None, $" group {state.Group}")}";

    private static string Range(string what, ImmutableArray<LogEntry> entries) =>
        If(!entries.IsEmpty, $"{what} {string.Join(", ", entries)}");

    private static string If(bool condition, string text) => condition ? text : "";
}
