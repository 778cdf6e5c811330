namespace RaftActors.Delivery;

/// <summary>
/// The snapshot that an actor must restore. Invariant: it is offered at most once after each message. Otherwise an actor that fails to
/// restore it and is resumed would loop.
/// </summary>
internal sealed class PendingRestore
{
    private bool _mayOffer;

    /// <summary>The serial of the snapshot, or null. No pair is delivered before a snapshot up to here, or further, is restored.</summary>
    public Serial? Target { get; private set; }

    /// <summary>Demands a snapshot up to this serial. The highest demand counts.</summary>
    public void Demand(Serial serial) => Target = serial > Target ? serial : Target ?? serial;

    /// <summary>Lets the snapshot be offered again.</summary>
    public void OnMessage() => _mayOffer = true;

    /// <summary>Returns the step to make now, or null to wait for a message.</summary>
    public DeliveryStep.Restore? TryOffer()
    {
        var mayOffer = _mayOffer;
        _mayOffer = false;
        return mayOffer && Target is { } target ? new DeliveryStep.Restore(target) : null;
    }

    public void OnRestored() => Target = null;
}
