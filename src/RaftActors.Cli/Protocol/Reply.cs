using System.Collections.Immutable;
using System.Text.Json.Serialization;

using RaftActors.Core;

namespace RaftActors.Cli.Protocol;

/// <summary>A reply of a server. Closed.</summary>
internal abstract record Reply(long Number)
{
    /// <summary>The request was forwarded to the leader. The final reply follows, from the asked server.</summary>
    public sealed record Redirected(long Number, ServerId Leader) : Reply(Number);

    /// <summary>The message is committed with this serial: it is on the disks of a majority.</summary>
    /// <param name="WasThere">An earlier request with the same id had appended it.</param>
    public sealed record Committed(long Number, long Serial, bool WasThere) : Reply(Number);

    /// <summary>The change of members or leader is done.</summary>
    public sealed record Done(long Number) : Reply(Number);

    /// <summary>The request changed nothing, and will change nothing later. A retry is safe.</summary>
    /// <param name="IsFinal">Every server refuses the same request at any time.</param>
    public sealed record Refused(long Number, string Detail, bool IsFinal = false) : Reply(Number);

    /// <summary>The request may be done already, later, or never.</summary>
    public sealed record Unknown(long Number, string Detail) : Reply(Number);

    /// <summary>Reply to Status.</summary>
    /// <param name="Role">Leader, Follower, Candidate or PreCandidate.</param>
    /// <param name="Since">When the role began.</param>
    /// <param name="AppliedSerial">Serial of the last processed message.</param>
    /// <param name="CommittedSerial">Serial of the last message that it knows to be committed.</param>
    /// <param name="Note">A problem for the operator: it was removed, is fenced, or waits to be added. Null: none.</param>
    /// <param name="Standing">The same as a value.</param>
    /// <param name="Group">Identity of its group; empty: none yet.</param>
    /// <param name="MaxQuorum">The largest number of servers that vote, as the group's log has it; null: it has none.</param>
    public sealed record StatusIs(
        long Number,
        ServerId Server,
        RaftRole Role,
        long Term,
        DateTimeOffset Since,
        long AppliedSerial,
        long CommittedSerial,
        ServerId? Leader,
        ImmutableArray<MemberLine> Members,
        string? Note,
        ServerStanding Standing = ServerStanding.Member,
        Guid Group = default,
        int? MaxQuorum = null) : Reply(Number);

    /// <summary>Reply to ReadLog: one page.</summary>
    /// <param name="Messages">In order of serial; empty: there is no later message.</param>
    /// <param name="LastSerial">Serial of the last message that the server has processed.</param>
    public sealed record LogPage(long Number, ImmutableArray<LogMessage> Messages, long LastSerial) : Reply(Number);

    /// <summary>Reply to Explain.</summary>
    public sealed record ExplanationIs(long Number, string Text) : Reply(Number);
}

/// <summary>A message of the log.</summary>
[method: JsonConstructor]
internal readonly record struct LogMessage(long Serial, string RequestId, string Text);

/// <summary>A member of the group.</summary>
[method: JsonConstructor]
internal readonly record struct MemberLine(ServerId Server, bool IsVoter);

/// <summary>The relation of a server to its group, as far as it knows.</summary>
internal enum ServerStanding
{
    /// <summary>It is a member.</summary>
    Member,

    /// <summary>It is in its own list, and that group is not founded yet.</summary>
    Founding,

    /// <summary>It waits to be added to a group.</summary>
    Waiting,

    /// <summary>It was removed from its group, and can be added again.</summary>
    Removed,

    /// <summary>It is fenced, or its engine has stopped. An operator must act.</summary>
    Fenced,
}
