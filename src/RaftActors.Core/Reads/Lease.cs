namespace RaftActors.Core;

/// <summary>
/// The time until which a majority has promised to elect no other leader (thesis §6.4.1). A group without leases never renews it, so it
/// never holds.
/// </summary>
internal sealed class Lease
{
    private TimeSpan _until;
    private bool _isGivenUp;

    /// <summary>Tells whether no other leader can have been elected until now.</summary>
    public bool Holds(TimeSpan now) => now < _until;

    /// <summary>Extends the lease by the promises of a majority.</summary>
    public void Renew(TimeSpan until) => _until = _isGivenUp || until < _until ? _until : until;

    /// <summary>Ends the lease, because another majority decides from now on, and has promised nothing yet.</summary>
    public void Drop() => _until = default;

    /// <summary>
    /// Ends the lease for the rest of the term, because a voter was told to campaign in spite of all promises, and that message may arrive
    /// late.
    /// </summary>
    public void GiveUp()
    {
        Drop();
        _isGivenUp = true;
    }
}
