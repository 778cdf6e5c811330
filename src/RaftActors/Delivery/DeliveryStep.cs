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

    public sealed record Answer(StoredPair Pair, RequestRef Request) : DeliveryStep;

    public sealed record Query(RequestRef Request) : DeliveryStep;

    public sealed record Cancel(RequestRef Request, CancelReason Reason) : DeliveryStep;
}
