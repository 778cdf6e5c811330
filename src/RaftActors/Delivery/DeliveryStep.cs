namespace RaftActors.Delivery;

/// <summary>The next callback that is due. Closed.</summary>
internal abstract record DeliveryStep
{
    private DeliveryStep(string callback, bool isOfLog = false) => (Callback, IsOfLog) = (callback, isOfLog);

    public string Callback { get; }

    /// <summary>
    /// The log causes the step: each process makes it at the same serials, and again at a replay. So the step must call nothing that
    /// others see.
    /// </summary>
    public bool IsOfLog { get; }

    public sealed record PeerMet(Peer Peer) : DeliveryStep("HandlePeer");

    public sealed record QuorumChanged(Quorum? Quorum) : DeliveryStep("HandleQuorum");

    public sealed record LeaderChanged(Leader? Leader) : DeliveryStep("HandleLeader");

    /// <summary>The life was told all that earlier lives were told, and the callbacks for it have ended.</summary>
    public sealed record ToldAll() : DeliveryStep("");

    public sealed record Missing(SerialRange Gap) : DeliveryStep("HandleMissing");

    /// <summary>The pairs from <paramref name="Next"/> on have another logic version than those before.</summary>
    public sealed record Upgrade(int From, int To, Serial Next) : DeliveryStep("HandleUpgrade", isOfLog: true);

    /// <summary>
    /// A pair is due. One object serves all pairs of an actor, so that no pair makes garbage. Its content changes with the next pair.
    /// </summary>
    public sealed record Append() : DeliveryStep("HandleAppend", isOfLog: true)
    {
        public StoredPair Pair { get; private set; }

        /// <summary>The Append of this pair, if this process, or a client that waits here, made it.</summary>
        public RequestRef? Waiting { get; private set; }

        /// <summary>An as-committed learner gets it ahead of the pairs that it lacks.</summary>
        public bool IsNew { get; private set; }

        public Append Set(in StoredPair pair, RequestRef? waiting, bool isNew = false)
        {
            (Pair, Waiting, IsNew) = (pair, waiting, isNew);
            return this;
        }
    }

    /// <param name="Request">The Get, or null for a serial of a range, which the actor gives a request now.</param>
    /// <param name="Waiting">As of <see cref="Append"/>. Null while the pair is not released.</param>
    public sealed record Answer(StoredPair Pair, RequestRef? Request, RequestRef? Waiting) : DeliveryStep("HandleSerial", isOfLog: true);

    /// <summary>
    /// Completes an Append whose pair HandleSerial delivered before it was released, or that an earlier attempt appended.
    /// </summary>
    public sealed record Completed(RequestRef Waiting, Serial Serial) : DeliveryStep("");

    public sealed record Restore(Serial Serial) : DeliveryStep("RestoreSnapshot", isOfLog: true);

    public sealed record TakeSnapshot(Serial Serial) : DeliveryStep("TakeSnapshot", isOfLog: true);

    public sealed record Digest() : DeliveryStep("HandleDigest", isOfLog: true);

    public sealed record Query(RequestRef Request) : DeliveryStep("HandleQuery");

    /// <param name="IsAppend">The request is an Append, which outlasts the instance of the actor. A Get or a Query ends with it.</param>
    /// <param name="Serial">The serial that a Get asked for. Null for an Append and a Query.</param>
    public sealed record Cancel(RequestRef Request, RaftFailure Failure, bool IsAppend = false, Serial? Serial = null)
        : DeliveryStep("HandleCancel");
}
