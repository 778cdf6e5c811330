using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Delivery;

/// <summary>The next callback that is due. Closed.</summary>
internal abstract record DeliveryStep
{
    private DeliveryStep()
    {
    }

    public sealed record PeerMet(Peer Peer) : DeliveryStep;

    public sealed record QuorumChanged(Quorum? Quorum) : DeliveryStep;

    public sealed record LeaderChanged(Leader? Leader) : DeliveryStep;

    public sealed record Missing(SerialRange Gap) : DeliveryStep;

    public sealed record Append(StoredPair Pair, RequestRef? Request) : DeliveryStep;

    /// <param name="Own">The ref of who appended it, if that was this process and is known by now.</param>
    public sealed record Answer(StoredPair Pair, RequestRef Request, RequestRef? Own) : DeliveryStep;

    /// <summary>The pair of this Append was handed over already, in another way.</summary>
    public sealed record Completed(RequestRef Request, Serial Serial) : DeliveryStep;

    public sealed record Restore(Serial Serial) : DeliveryStep;

    public sealed record TakeSnapshot(Serial Serial) : DeliveryStep;

    public sealed record Query(RequestRef Request) : DeliveryStep;

    /// <param name="IsAppend">The request is an Append. It outlives the actor's life; a Get or a Query ends with it.</param>
    public sealed record Cancel(RequestRef Request, CancelReason Reason, bool IsAppend = false) : DeliveryStep;
}
