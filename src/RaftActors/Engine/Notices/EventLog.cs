using Akka.Event;

namespace RaftActors.Engine;

/// <summary>
/// Logs the events that nothing else logs, so that the log has each event once. A template never changes its meaning, so a log service can
/// find the entries of an event by it, and has the names as properties.
/// </summary>
internal static class EventLog
{
    public static void Write(ILoggingAdapter log, RaftEvent told)
    {
        var (process, group) = (told.Process, told.Group);
        switch (told)
        {
            case RaftEvent.RoleChanged changed:
                log.Info("{Process} of group {Group}: {Role} in term {Term}", process, group, changed.Role, changed.Term);
                break;
            case RaftEvent.LeaderChanged { Leader: { } leader } changed:
                log.Info("{Process} of group {Group}: {Leader} leads in term {Term}", process, group, leader, changed.Term);
                break;
            case RaftEvent.LeaderChanged changed:
                log.Info("{Process} of group {Group}: no leader is known in term {Term}", process, group, changed.Term);
                break;
            case RaftEvent.MembersChanged changed:
                log.Info(
                    "{Process} of group {Group}: the voters are {Voters}, the learners are {Learners}, from index {Index} on",
                    process,
                    group,
                    Names(changed, areVoters: true),
                    Names(changed, areVoters: false),
                    changed.Index);
                break;
            case RaftEvent.PeerChanged { IsReachable: true } changed:
                log.Info("{Process} of group {Group}: {Peer} is in reach", process, group, changed.Peer);
                break;
            case RaftEvent.PeerChanged { IsExpected: true } changed:
                log.Info("{Process} of group {Group}: {Peer} is out of reach, because a node stops", process, group, changed.Peer);
                break;
            case RaftEvent.PeerChanged changed:
                log.Warning("{Process} of group {Group}: {Peer} is out of reach", process, group, changed.Peer);
                break;
            case RaftEvent.StateDiverged diverged:
                log.Error("{Process} of group {Group}: {Divergence}", process, group, diverged.DivergedAt);
                break;
            case RaftEvent.ClockDiffers differs:
                log.Warning(
                    "{Process} of group {Group}: the time of the log is {Ahead} ahead of this node's clock. The clock of a leader is or "
                    + "was ahead, or this one is behind. Correct the clocks of all nodes; 'raft check' compares them.",
                    process,
                    group,
                    differs.Ahead);
                break;
            case RaftEvent.NameTaken taken:
                log.Warning("{Process} of group {Group}: {Detail}", process, group, taken.Why);
                break;
            case RaftEvent.Removed:
                log.Warning(
                    "{Process} of group {Group}: removed from the group, so it receives no pairs. Stop it, or let it join again.",
                    process,
                    group);
                break;
        }
    }

    private static string Names(RaftEvent.MembersChanged changed, bool areVoters)
    {
        var names = changed.Members.Where(member => member.IsVoter == areVoters).Select(member => member.Name.Value).ToList();
        return names.Count > 0 ? string.Join(", ", names) : "none";
    }
}
