using static RaftActors.Coordination.State.Answer;

namespace RaftActors.Coordination.State;

/// <summary>
/// A lock or a semaphore: claims that hold a permit, and claims that wait in their order with the token 0. The time of a call does not
/// depend on the number of claims. Not thread-safe.
/// </summary>
internal sealed class Lock(int permits)
{
    private readonly LinkedList<RaftClaim> _holders = [];
    private readonly LinkedList<RaftClaim> _waiting = [];
    private readonly Dictionary<(long Session, long Claim), LinkedListNode<RaftClaim>> _claims = [];

    public int Permits => permits;

    public bool HasFree => _holders.Count < permits;

    public int WaitingCount => _waiting.Count;

    public bool IsEmpty => _claims.Count == 0;

    public IEnumerable<RaftClaim> All => _holders.Concat(_waiting);

    public static Lock Of(LockImage image)
    {
        var made = new Lock(image.Permits);
        foreach (var each in image.Holders)
        {
            made.Append(made._holders, each);
        }

        foreach (var each in image.Waiting)
        {
            made.Append(made._waiting, each);
        }

        return made;
    }

    public LockImage ToImage(string name) => new(name, permits, [.. _holders], [.. _waiting]);

    /// <param name="max">The most holders, and the most waiting claims.</param>
    public RaftLockOverview Describe(string name, int max) => new(
        name, permits, [.. _holders.Take(max).Select(Short)], _holders.Count, [.. _waiting.Take(max).Select(Short)], _waiting.Count);

    public LockView View() => new([.. _holders], _waiting.Count);

    /// <summary>The claims that hold a permit by the grant with this token, of one session.</summary>
    public IEnumerable<RaftClaim> HeldBy(long token, long session) =>
        _holders.Where(each => each.Token == token && each.Session == session);

    /// <summary>Returns the state of a claim, or null if there is none.</summary>
    public Answer? Find(long session, long claim) =>
        !_claims.TryGetValue((session, claim), out var node) ? null
        : node.Value.Token == 0 ? new Waiting()
        : new Granted(node.Value.Token);

    /// <summary>Adds a claim, which waits until <see cref="TryGrant"/> grants it a permit.</summary>
    public void Add(RaftClaim claim) => Append(_waiting, claim);

    /// <summary>Removes a claim. Returns whether it held a permit.</summary>
    public bool Remove(long session, long claim)
    {
        _claims.Remove((session, claim), out var node);
        var held = node?.List == _holders;
        node?.List!.Remove(node); // Justification: each node of a claim is in one of the two lists.
        return held;
    }

    /// <summary>
    /// Grants a free permit to the claim that has waited longest. Returns the claim, or null if no permit is free or no claim waits.
    /// </summary>
    /// <param name="serial">The token of the grant.</param>
    public RaftClaim? TryGrant(long serial)
    {
        if (!HasFree || _waiting.First is not { Value: var next })
        {
            return null;
        }

        _waiting.RemoveFirst();
        return Append(_holders, next with { Token = serial });
    }

    public ulong Digest(string name)
    {
        var hash = StateHash.Mix(StateHash.Extend(0, name), (ulong)permits);
        foreach (var claim in All)
        {
            hash = StateHash.Mix(StateHash.Mix(StateHash.Mix(hash, (ulong)claim.Session), (ulong)claim.Claim), (ulong)claim.Token);
            hash = StateHash.Extend(hash, claim.Text ?? "");
        }

        return hash;
    }

    private static RaftClaim Short(RaftClaim claim) => claim with
    {
        Owner = RaftOverview.Short(claim.Owner),
        Text = claim.Text is { } text ? RaftOverview.Short(text) : null,
    };

    private RaftClaim Append(LinkedList<RaftClaim> list, RaftClaim claim)
    {
        _claims[(claim.Session, claim.Claim)] = list.AddLast(claim);
        return claim;
    }
}
