namespace RaftActors.Delivery;

/// <summary>
/// The snapshot that one life must restore. Invariant: it is offered at most once after each message. Otherwise an actor that fails to
/// restore it and is resumed would loop.
/// </summary>
internal sealed class PendingRestore
{
    private bool _mayOffer;

    /// <summary>No pair is delivered before a snapshot up to here, or further, is restored; null: none is due.</summary>
    public Serial? Target { get; private set; }

    /// <summary>A snapshot up to this serial must be restored. The highest serial counts.</summary>
    public void Demand(Serial serial) => Target = serial > Target ? serial : Target ?? serial;

    /// <summary>A message arrived: the snapshot may be offered again.</summary>
    public void OnMessage() => _mayOffer = true;

    /// <summary>The step to make now; null: wait for a message.</summary>
    public DeliveryStep.Restore? TryOffer()
    {
        var mayOffer = _mayOffer;
        _mayOffer = false;
        return mayOffer && Target is { } target ? new DeliveryStep.Restore(target) : null;
    }

    public void OnRestored() => Target = null;
}
