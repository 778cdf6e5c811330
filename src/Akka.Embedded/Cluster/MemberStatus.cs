namespace Akka.Cluster;

/// <summary>The life of a member: Joining, Up, Leaving, Exiting, Removed; Down from any of them by an operator's hand.</summary>
public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,
    /// <summary>Admitted while some member is unreachable, and not yet counted; becomes Up on convergence.</summary>
    WeaklyUp = 6,
}
