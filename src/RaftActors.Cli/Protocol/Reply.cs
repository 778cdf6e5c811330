using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Cli.Protocol;

/// <summary>What a server answers. Closed.</summary>
internal abstract record Reply(long Number)
{
    /// <summary>No answer yet: the request went on to the leader, and its answer comes this way too.</summary>
    public sealed record Redirected(long Number, ServerId Leader) : Reply(Number);

    /// <summary>The message is in the log, on the disks of a majority, under this serial.</summary>
    /// <param name="WasThere">It had been appended under the same request id before.</param>
    public sealed record Committed(long Number, long Serial, bool WasThere) : Reply(Number);

    /// <summary>Done: the group is as was asked for.</summary>
    public sealed record Done(long Number) : Reply(Number);

    /// <summary>Nothing was changed, and nothing will be; asking again is safe.</summary>
    /// <param name="IsFinal">The same request is refused whenever and wherever it is sent.</param>
    public sealed record Refused(long Number, string Detail, bool IsFinal = false) : Reply(Number);

    /// <summary>It may be done already, later, or never.</summary>
    public sealed record Unknown(long Number, string Detail) : Reply(Number);

    /// <summary>To Status.</summary>
    /// <param name="Role">Leader, Follower, Candidate or PreCandidate.</param>
    /// <param name="Since">Since when it has had this role.</param>
    /// <param name="AppliedSerial">The last message that it has processed.</param>
    /// <param name="CommittedSerial">The last that it knows to be committed.</param>
    /// <param name="Note">What a person should know: that it was removed, shut out, or waits to be taken in.</param>
    /// <param name="Standing">The same for programs.</param>
    /// <param name="Group">The identity of its group; empty: it has none yet.</param>
    public sealed record StatusIs(
        long Number,
        ServerId Server,
        RoleKind Role,
        long Term,
        DateTimeOffset Since,
        long AppliedSerial,
        long CommittedSerial,
        ServerId? Leader,
        ImmutableArray<MemberLine> Members,
        string? Note,
        ServerStanding Standing = ServerStanding.Member,
        Guid Group = default) : Reply(Number);

    /// <summary>To ReadLog: as many messages as fit.</summary>
    /// <param name="Messages">In the order of their serials; empty: there is none behind the serial that was asked about.</param>
    /// <param name="LastSerial">Of the last message that the server has processed.</param>
    public sealed record LogPage(long Number, ImmutableArray<LogMessage> Messages, long LastSerial) : Reply(Number);

    /// <summary>To Explain.</summary>
    public sealed record ExplanationIs(long Number, string Text) : Reply(Number);
}

/// <summary>A message of the log.</summary>
internal readonly record struct LogMessage(long Serial, string RequestId, string Text);

/// <summary>A server of the group, and whether it votes.</summary>
internal readonly record struct MemberLine(ServerId Server, bool IsVoter);

/// <summary>What a server has to do with a group, as far as it knows.</summary>
internal enum ServerStanding
{
    /// <summary>It belongs to one.</summary>
    Member,

    /// <summary>Its own list names it, and the first election of that group has not been.</summary>
    Founding,

    /// <summary>It waits until a group takes it in.</summary>
    Waiting,

    /// <summary>It was removed from its group, and waits until that takes it in again.</summary>
    Removed,

    /// <summary>It takes no part any more, and needs a person.</summary>
    Fenced,
}
