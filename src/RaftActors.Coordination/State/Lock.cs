using static RaftActors.Coordination.State.Answer;

namespace RaftActors.Coordination.State;

/// <summary>
/// A lock or a semaphore: claims that hold a permit, and claims that wait in their order. Not thread-safe.
/// </summary>
internal sealed class Lock(int permits)
{
    private readonly List<(Claim Claim, long Token)> _holders = [];
    private readonly LinkedList<Claim> _waiting = [];

    /// <summary>The number of claims that may hold it at the same time.</summary>
    public int Permits => permits;

    /// <summary>Another claim would be granted a permit at once.</summary>
    public bool HasFree => _holders.Count < permits;

    public bool IsEmpty => _holders.Count == 0 && _waiting.Count == 0;

    public IEnumerable<Claim> All => _holders.Select(each => each.Claim).Concat(_waiting);

    public static Lock Of(LockImage image)
    {
        var made = new Lock(image.Permits);
        made._holders.AddRange(image.Holders.Select(each => (Of(each), each.Token)));
        foreach (var each in image.Waiting)
        {
            made._waiting.AddLast(Of(each));
        }

        return made;
    }

    public LockImage ToImage(string name) => new(
        name,
        permits,
        [.. _holders.Select(each => ToHolder(each.Claim, each.Token))],
        [.. _waiting.Select(each => ToHolder(each, 0))]);

    public LockView View() => new([.. _holders.Select(each => ToHolder(each.Claim, each.Token))], _waiting.Count);

    /// <summary>How a claim stands; null: there is no such claim.</summary>
    public Answer? Find(long session, string claim)
    {
        foreach (var (held, token) in _holders)
        {
            if (held.Is(session, claim))
            {
                return new Granted(token);
            }
        }

        var ahead = 0;
        foreach (var waiting in _waiting)
        {
            if (waiting.Is(session, claim))
            {
                return new Waiting(ahead);
            }

            ahead++;
        }

        return null;
    }

    /// <summary>Adds a claim, which is granted a permit if one is free, and waits otherwise.</summary>
    public Answer Add(Claim claim, long serial)
    {
        _waiting.AddLast(claim);
        Grant(serial);
        return Find(claim.Session, claim.Name)!; // Justification: just added.
    }

    public void Remove(long session, string claim)
    {
        if (_holders.RemoveAll(each => each.Claim.Is(session, claim)) == 0
            && _waiting.FirstOrDefault(each => each.Is(session, claim)) is { } waiting)
        {
            _waiting.Remove(waiting);
        }
    }

    /// <summary>Removes all claims of a session. One by one they would take a time that grows with the square of their number.</summary>
    public void RemoveAll(long session)
    {
        _holders.RemoveAll(each => each.Claim.Session == session);
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Session == session)
            {
                _waiting.Remove(node);
            }

            node = next;
        }
    }

    /// <summary>Grants the free permits to the claims that wait longest.</summary>
    /// <param name="serial">The token of these grants.</param>
    public void Grant(long serial)
    {
        while (HasFree && _waiting.First is { Value: var next })
        {
            _waiting.RemoveFirst();
            _holders.Add((next, serial));
        }
    }

    /// <summary>Throws if an invariant does not hold. For tests.</summary>
    public void Check(string name)
    {
        CoordinationState.Demand(!IsEmpty, $"'{name}' is empty, and was not removed.");
        CoordinationState.Demand(_holders.Count <= permits, $"'{name}' has {_holders.Count} holders and {permits} permits.");
        CoordinationState.Demand(_waiting.Count == 0 || !HasFree, $"A claim waits for '{name}', which has a free permit.");
    }

    private static Claim Of(LockHolder image) => new(image.Session, image.Claim, image.Owner, image.Text);

    private static LockHolder ToHolder(Claim claim, long token) => new(claim.Owner, claim.Session, claim.Name, token, claim.Text);

    /// <summary>What a session holds or waits for.</summary>
    /// <param name="Name">Tells the claims of one session apart.</param>
    /// <param name="Owner">The owner of the session.</param>
    internal sealed record Claim(long Session, string Name, string Owner, string? Text)
    {
        public bool Is(long session, string name) => Session == session && Name == name;
    }
}
