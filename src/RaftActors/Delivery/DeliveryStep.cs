namespace RaftActors.Delivery;

/// <summary>The next callback that is due. Closed.</summary>
internal abstract record DeliveryStep
{
    private DeliveryStep(string callback) => Callback = callback;

    /// <summary>The name of the callback.</summary>
    public string Callback { get; }

    public sealed record PeerMet(Peer Peer) : DeliveryStep("HandlePeer");

    public sealed record QuorumChanged(Quorum? Quorum) : DeliveryStep("HandleQuorum");

    public sealed record LeaderChanged(Leader? Leader) : DeliveryStep("HandleLeader");

    public sealed record Missing(SerialRange Gap) : DeliveryStep("HandleMissing");

    /// <summary>The pairs from <paramref name="Next"/> on have another logic version than those before.</summary>
    public sealed record Upgrade(int From, int To, Serial Next) : DeliveryStep("HandleUpgrade");

    /// <summary>A pair is due. One object serves all pairs of a life, so that no pair makes garbage. It changes with the next.</summary>
    public sealed record Append() : DeliveryStep("HandleAppend")
    {
        public StoredPair Pair { get; private set; }

        /// <summary>The Append of this pair, if this process made it.</summary>
        public RequestRef? Own { get; private set; }

        public Append Set(in StoredPair pair, RequestRef? own)
        {
            (Pair, Own) = (pair, own);
            return this;
        }
    }

    /// <param name="Request">The Get; null: a serial of a range that needed no request, so the actor gives it one now.</param>
    /// <param name="Own">The Append of this pair, if this process made it and the pair is released.</param>
    public sealed record Answer(StoredPair Pair, RequestRef? Request, RequestRef? Own) : DeliveryStep("HandleSerial");

    /// <summary>
    /// The pair of this Append was delivered by HandleSerial before it was released, or was appended by an earlier attempt.
    /// </summary>
    public sealed record Completed(RequestRef Own, Serial Serial) : DeliveryStep("");

    public sealed record Restore(Serial Serial) : DeliveryStep("RestoreSnapshot");

    public sealed record TakeSnapshot(Serial Serial) : DeliveryStep("TakeSnapshot");

    public sealed record Query(RequestRef Request) : DeliveryStep("HandleQuery");

    /// <param name="IsAppend">The request is an Append. It outlives the actor's life; a Get or a Query ends with it.</param>
    public sealed record Cancel(RequestRef Request, CancelReason Reason, bool IsAppend = false)
        : DeliveryStep("HandleCancel");
}
