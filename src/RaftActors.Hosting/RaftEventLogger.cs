using Akka.Actor;

using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting;

/// <summary>Writes each <see cref="RaftEvent"/> of an actor system to the application's log.</summary>
internal sealed class RaftEventLogger : ReceiveActor
{
    private readonly ILogger _logger;

    public RaftEventLogger(ILogger logger)
    {
        _logger = logger;
        Receive<RaftEvent>(Log);
    }

    private void Log(RaftEvent told)
    {
        var (process, group) = (told.Process, told.Group);
        switch (told)
        {
            case RaftEvent.Started:
                LogMessages.Started(_logger, process, group);
                break;
            case RaftEvent.StartFailed failed:
                LogMessages.StartFailed(_logger, process, group, failed.Cause.Message);
                break;
            case RaftEvent.RoleChanged changed:
                LogMessages.RoleChanged(_logger, process, group, changed.Role, changed.Term);
                break;
            case RaftEvent.LeaderChanged { Leader: { } leader } changed:
                LogMessages.LeaderChanged(_logger, process, group, leader, changed.Term);
                break;
            case RaftEvent.LeaderChanged lost:
                LogMessages.LeaderLost(_logger, process, group, lost.Term);
                break;
            case RaftEvent.MembersChanged changed:
                LogMembers(changed);
                break;
            case RaftEvent.MembersDecided decided:
                LogMessages.MembersDecided(_logger, process, group, decided.Reason, decided.Index);
                break;
            case RaftEvent.PeerChanged { IsReachable: true } changed:
                LogMessages.PeerReachable(_logger, process, group, changed.Peer);
                break;
            case RaftEvent.PeerChanged changed:
                LogMessages.PeerUnreachable(_logger, process, group, changed.Peer);
                break;
            case RaftEvent.Refused refused:
                LogMessages.Refused(_logger, process, group, refused.By, refused.Reason, refused.Detail);
                break;
            case RaftEvent.Removed:
                LogMessages.Removed(_logger, process, group);
                break;
            case RaftEvent.Fenced fenced:
                LogMessages.Fenced(_logger, process, group, fenced.Detail);
                break;
            case RaftEvent.Stopped stopped:
                LogMessages.Stopped(_logger, process, group, stopped.Detail);
                break;
        }
    }

    private void LogMembers(RaftEvent.MembersChanged changed)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            LogMessages.MembersChanged(
                _logger, changed.Process, changed.Group, Names(changed, areVoters: true), Names(changed, areVoters: false), changed.Index);
        }
    }

    private static string Names(RaftEvent.MembersChanged changed, bool areVoters) =>
        changed.Members.Where(member => member.IsVoter == areVoters).Select(member => member.Name.ToString()) is var names && names.Any()
            ? string.Join(", ", names)
            : "none";
}
