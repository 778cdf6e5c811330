namespace RaftActors.Core;

/// <summary>
/// Until when a majority has promised to elect nobody else (thesis §6.4.1). Where there are no leases it is never renewed, and never holds.
/// </summary>
internal sealed class Lease
{
    private Instant _until;
    private bool _isGivenUp;

    /// <summary>Nobody else can have been elected up to now.</summary>
    public bool Holds(Instant now) => now < _until;

    /// <summary>A majority promised.</summary>
    public void Renew(Instant until) => _until = _isGivenUp || until < _until ? _until : until;

    /// <summary>Another majority decides from now on, and has promised nothing yet.</summary>
    public void Drop() => _until = default;

    /// <summary>
    /// Somebody was told to campaign whatever was promised. That message may arrive at any time later, so this is for the rest of the term.
    /// </summary>
    public void GiveUp()
    {
        Drop();
        _isGivenUp = true;
    }
}
