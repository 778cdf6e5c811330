using Microsoft.Extensions.Logging;

using RaftActors.Core;

namespace RaftActors.Hosting;

/// <summary>The log entries of the category RaftActors. An event id never changes its meaning.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "{Count} raft actors started in the actor system {System}.")]
    public static partial void HostStarted(ILogger logger, int count, string system);

    [LoggerMessage(2, LogLevel.Critical, "The actor system {System} has terminated by itself, so the application stops.")]
    public static partial void SystemTerminated(ILogger logger, string system);

    [LoggerMessage(3, LogLevel.Error, "The service scope of an instance of {Actor} was not disposed cleanly.")]
    public static partial void ScopeNotDisposed(ILogger logger, Exception cause, string actor);

    [LoggerMessage(10, LogLevel.Information, "{Process} of group {Group}: the actor has started.")]
    public static partial void Started(ILogger logger, ProcessName process, string group);

    [LoggerMessage(11, LogLevel.Error, "{Process} of group {Group}: the actor cannot start. {Reason}")]
    public static partial void StartFailed(ILogger logger, ProcessName process, string group, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Process} of group {Group}: {Role} in term {Term}.")]
    public static partial void RoleChanged(ILogger logger, ProcessName process, string group, RaftRole role, Term term);

    [LoggerMessage(13, LogLevel.Information, "{Process} of group {Group}: the leader is {Leader} in term {Term}.")]
    public static partial void LeaderChanged(ILogger logger, ProcessName process, string group, ProcessName leader, Term term);

    [LoggerMessage(14, LogLevel.Warning, "{Process} of group {Group}: no leader is known in term {Term}.")]
    public static partial void LeaderLost(ILogger logger, ProcessName process, string group, Term term);

    [LoggerMessage(
        15,
        LogLevel.Information,
        "{Process} of group {Group}: the voters are {Voters}, the learners are {Learners}, from index {Index} on.")]
    public static partial void MembersChanged(
        ILogger logger, ProcessName process, string group, string voters, string learners, LogIndex index);

    [LoggerMessage(16, LogLevel.Information, "{Process} of group {Group}: {Peer} is in reach.")]
    public static partial void PeerReachable(ILogger logger, ProcessName process, string group, ProcessName peer);

    [LoggerMessage(17, LogLevel.Warning, "{Process} of group {Group}: {Peer} is out of reach.")]
    public static partial void PeerUnreachable(ILogger logger, ProcessName process, string group, ProcessName peer);

    [LoggerMessage(18, LogLevel.Warning, "{Process} of group {Group}: {By} refuses its messages ({Reason}). {Detail}")]
    public static partial void Refused(
        ILogger logger, ProcessName process, string group, ProcessName by, RefusalReason reason, string detail);

    [LoggerMessage(19, LogLevel.Warning, "{Process} of group {Group}: removed from the group. It receives no pairs until it joins again.")]
    public static partial void Removed(ILogger logger, ProcessName process, string group);

    [LoggerMessage(20, LogLevel.Critical, "{Process} of group {Group}: fenced. {Detail}")]
    public static partial void Fenced(ILogger logger, ProcessName process, string group, string detail);

    [LoggerMessage(21, LogLevel.Critical, "{Process} of group {Group}: the engine has stopped. {Detail}")]
    public static partial void Stopped(ILogger logger, ProcessName process, string group, string detail);

    [LoggerMessage(22, LogLevel.Information, "{Process} of group {Group}: decided to change the members at index {Index}: {Reason}.")]
    public static partial void MembersDecided(ILogger logger, ProcessName process, string group, string reason, LogIndex index);

    [LoggerMessage(EventId = 40, Message = "{Text} [{Source}]")]
    public static partial void FromAkka(ILogger logger, LogLevel level, Exception? cause, string text, string source);
}
