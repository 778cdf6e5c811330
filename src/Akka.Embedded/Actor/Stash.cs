namespace Akka.Actor;

internal sealed class Stash(ActorCell cell) : IStash
{
    private List<Envelope> _stashed = [];

    public int Count => _stashed.Count;

    public bool IsEmpty => _stashed.Count == 0;

    public bool NonEmpty => _stashed.Count > 0;

    public bool IsFull => false;

    public int Capacity => -1;

    void IStash.Stash() => _stashed.Add(cell.TakeForStash());

    public void Unstash()
    {
        if (_stashed.Count > 0)
        {
            cell.Unstash(_stashed.Take(1));
            _stashed.RemoveAt(0);
        }
    }

    public void UnstashAll() => cell.Unstash(ClearStash());

    public void UnstashAll(Func<Envelope, bool> predicate) => cell.Unstash(ClearStash().Where(predicate));

    public IEnumerable<Envelope> ClearStash()
    {
        var stashed = _stashed;
        _stashed = [];
        return stashed;
    }

    public void Prepend(IEnumerable<Envelope> envelopes) => _stashed.InsertRange(0, envelopes);
}
