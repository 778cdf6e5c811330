namespace Akka.Cluster;

/// <summary>The status of a member: Joining, Up, Leaving, Exiting, Removed. An operator may set Down from any of them.</summary>
public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,
    /// <summary>Admitted while some member is unreachable, and not yet counted. Becomes Up on convergence.</summary>
    WeaklyUp = 6,
}
