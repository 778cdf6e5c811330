namespace RaftActors.Simulator.Actors;

/// <summary>A sum. Its state is the list of the amounts that were added.</summary>
internal sealed class SumEntity(SumEntityLedger ledger) : ReplicatedEntity<string, int, int>
{
    /// <summary>The id of an entity that fails at some of its commands.</summary>
    public const string Poisoned = "poisoned";

    private const int FailsAt = 7;

    public static int SumOf(string state) => state.Split(',', StringSplitOptions.RemoveEmptyEntries).Sum(int.Parse);

    protected override string NewState() => "";

    protected override int HandleCommand(int command)
    {
        if (Id == Poisoned)
        {
            ledger.DemandWithout(FailsAt, State);
        }
        else
        {
            ledger.Note(Id, Serial, command);
        }

        State = $"{State},{command}";
        if (Id == Poisoned && command == FailsAt)
        {
            throw new InvalidOperationException("This command cannot be handled.");
        }

        return SumOf(State);
    }
}

/// <summary>What the entities of all nodes have handled.</summary>
internal sealed class SumEntityLedger
{
    private readonly SortedDictionary<(string Id, Serial Serial), int> _handled = [];
    private string? _contradiction;

    /// <summary>The amounts of all entities.</summary>
    public IReadOnlyList<int> Added => [.. _handled.Values];

    public void Note(string id, Serial serial, int amount)
    {
        if (!_handled.TryAdd((id, serial), amount) && _handled[(id, serial)] != amount)
        {
            _contradiction ??= $"at serial {serial} one node added {_handled[(id, serial)]} to {id}, and another one {amount}";
        }
    }

    public void DemandWithout(int amount, string state) =>
        _contradiction ??= state.Contains($",{amount}") ? $"a command that failed has changed the state to {state}" : null;

    /// <exception cref="InvalidDataException">
    /// A command that failed changed a state, or two nodes handled different commands at one serial.
    /// </exception>
    public void Check()
    {
        if (_contradiction is not null)
        {
            throw new InvalidDataException(_contradiction);
        }
    }
}
