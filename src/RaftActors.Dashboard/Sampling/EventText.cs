namespace RaftActors.Dashboard.Sampling;

/// <summary>Events as text for people.</summary>
internal static class EventText
{
    public static string Of(RaftEvent told) => told switch
    {
        RaftEvent.RoleChanged { Role: RaftRole.Leader } changed =>
            $"leads in term {changed.Term}, elected by {Names(changed.Votes)}",
        RaftEvent.RoleChanged changed => $"{Role(changed.Role)} in term {changed.Term}",
        RaftEvent.LeaderChanged { Leader: { } leader } changed => $"follows {leader} in term {changed.Term}",
        RaftEvent.LeaderChanged changed => $"knows no leader in term {changed.Term}",
        RaftEvent.MembersChanged changed => $"members from index {changed.Index} on: {string.Join(", ", changed.Members.Select(Member))}",
        RaftEvent.MembersDecided decided => $"decided about the members: {decided.Reason}",
        RaftEvent.PeerChanged { IsReachable: true } changed => $"reaches {changed.Peer}",
        RaftEvent.PeerChanged { IsExpected: true } changed => $"does not reach {changed.Peer}, because a node stops",
        RaftEvent.PeerChanged changed => $"does not reach {changed.Peer}",
        RaftEvent.Refused refused => $"refused by {refused.By}: {refused.Detail}",
        RaftEvent.NameTaken taken => $"name conflict: {taken.Detail}",
        RaftEvent.Removed => "removed from the group",
        RaftEvent.Started => "started",
        RaftEvent.StartFailed failed => $"cannot start: {failed.Cause.Message}",
        RaftEvent.Fenced fenced => $"fenced: {fenced.Detail}",
        RaftEvent.Stopped stopped => $"stopped: {stopped.Detail}",
        _ => told.GetType().Name,
    };

    public static string Role(RaftRole role) => role switch
    {
        RaftRole.Leader => "leader",
        RaftRole.Candidate => "candidate",
        RaftRole.PreCandidate => "pre-candidate",
        _ => "follower",
    };

    private static string Member(GroupMember member) => $"{member.Name} ({(member.IsVoter ? "voter" : "learner")})";

    private static string Names(IEnumerable<ProcessName> names) => string.Join(", ", names);
}
