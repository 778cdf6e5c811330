using Billing;

using RaftActors.Coordination;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>The locks that programs hold in one run, and a register for each of them that only its holder may change.</summary>
internal sealed class LockLedger
{
    private readonly List<(RaftLock Lock, int Permits, Candidate? By)> _held = [];
    private readonly Dictionary<string, Register> _registers = [];

    // The highest token of each lock with one permit, and all tokens.
    private readonly Dictionary<string, long> _highest = [];
    private readonly HashSet<(string Name, long Token)> _tokens = [];

    /// <summary>
    /// The first broken promise. It is told at the end of the turn, because an exception in an actor only restarts the actor.
    /// </summary>
    public string? Broken { get; private set; }

    /// <summary>Acquisitions, lost locks and refused writes, for the trace.</summary>
    public (int Acquired, int Refused) Counts { get; private set; }

    /// <summary>The register of a lock.</summary>
    public Register RegisterOf(string name) =>
        _registers.TryGetValue(name, out var known) ? known : _registers[name] = new Register();

    /// <summary>A program was told that it holds a lock.</summary>
    /// <param name="by">Null: a program that never crashes.</param>
    public void OnAcquired(RaftLock held, int permits, Candidate? by = null)
    {
        Counts = Counts with { Acquired = Counts.Acquired + 1 };
        _held.Add((held, permits, by));
        if (permits > 1)
        {
            // The end of one session may grant several permits at once, with one token.
            return;
        }

        Demand(_tokens.Add((held.Name, held.Token)), $"two claims to {held.Name} have the token {held.Token}");

        // A node that stood still may read of its lock when others have had it since.
        if (held.IsHeld)
        {
            var highest = _highest.GetValueOrDefault(held.Name);
            Demand(held.Token > highest, $"{held.Name} was granted with the token {held.Token} after {highest}");
            _highest[held.Name] = held.Token;
        }
    }

    /// <summary>A program is about to release a lock, or has lost it.</summary>
    public void OnEnded(RaftLock held) => _held.RemoveAll(each => each.Lock == held);

    /// <summary>Reads the latest number of the lock's register, as the first call of a holder.</summary>
    /// <returns>Null: the holder has come too late.</returns>
    public long? Begin(RaftLock held)
    {
        var latest = RegisterOf(held.Name).Begin(held.Token);
        OnAnswer(held, latest is null ? "its token is too old" : null);
        return latest;
    }

    /// <summary>Writes the next number to the lock's register.</summary>
    /// <returns>False: the holder has come too late.</returns>
    public bool TryWrite(RaftLock held, long number)
    {
        var refusal = RegisterOf(held.Name).Write(held.Token, number);
        OnAnswer(held, refusal);
        return refusal is null;
    }

    /// <summary>No lock has more holders than permits, each by its own clock.</summary>
    /// <param name="isUp">Whether a program still runs.</param>
    public bool AreExclusive(Func<Candidate, bool> isUp)
    {
        _held.RemoveAll(each => each.By is { } by && !isUp(by));
        return Broken is null
            && _held.Where(each => each.Lock.IsHeld).GroupBy(each => each.Lock.Name).All(each => each.Count() <= each.First().Permits);
    }

    public void Demand(bool holds, string otherwise) => Broken ??= holds ? null : otherwise;

    private void OnAnswer(RaftLock held, string? refusal)
    {
        Counts = Counts with { Refused = Counts.Refused + (refusal is null ? 0 : 1) };
        Demand(refusal is null || !held.IsHeld, $"the holder of {held.Name} with the token {held.Token} was refused: {refusal}");
    }
}
