using RaftActors.Testing.History;

namespace RaftTrials.Clients;

/// <summary>An append of an id to a key, or a read.</summary>
/// <param name="Id">The unique value; null: a read.</param>
internal sealed record KeyCall(string Key, string? Id)
{
    public override string ToString() => Id is null ? $"read {Key}" : $"append {Id} to {Key}";
}

/// <summary>One copy of <see cref="Register"/>, key by key.</summary>
internal sealed class KeyModel : SequentialModel<KeyState, KeyCall, KeyState>
{
    /// <summary>The count in the output of an append whose caller received no result.</summary>
    public const long NoResult = -1;

    public override KeyState Initial => KeyState.Initial;

    public override bool TryStep(KeyState state, KeyCall input, Observed<KeyState> output, out KeyState next)
    {
        next = input.Id is null ? state : new KeyState(state.Count + 1, input.Id);
        return output.Allows(next) || (input.Id is not null && output.Value.Count == NoResult);
    }

    public override bool IsReadOnly(KeyCall input) => input.Id is null;

    public override string PartitionOf(KeyCall input) => input.Key;
}
