using System.Diagnostics.CodeAnalysis;

using RaftActors.Testing.History;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>One copy of lin-kv: each key is a register of its own.</summary>
internal sealed class RegisterModel : SequentialModel<string?, RegisterModel.Call, RegisterModel.Reply>
{
    /// <summary>No value: the key does not exist. The values are JSON.</summary>
    public override string? Initial => null;

    public override string PartitionOf(Call input) => input.Key;

    public override bool IsReadOnly(Call input) => input.Kind == Kind.Read;

    public override bool TryStep(string? state, Call input, Operation<Call, Reply> operation, [MaybeNullWhen(false)] out string? next)
    {
        var isSwapped = state is not null && state == input.From;
        next = input.Kind == Kind.Write || (input.Kind == Kind.Swap && isSwapped) ? input.Value : state;
        return operation.Allows(input.Kind switch
        {
            Kind.Read => new Reply(state, IsDone: true),
            Kind.Write => new Reply(null, IsDone: true),
            _ => new Reply(!isSwapped && state is null ? "absent" : null, isSwapped),
        });
    }

    internal enum Kind
    {
        Read,
        Write,
        Swap,
    }

    /// <param name="From">Of a swap: the value that it expects.</param>
    /// <param name="Value">Of a write or a swap: the new value.</param>
    internal sealed record Call(Kind Kind, string Key, string? From = null, string? Value = null);

    /// <param name="Value">Of a read: what it found; null: no key. Of a failed swap: "absent" if there was no key.</param>
    /// <param name="IsDone">Of a swap: the value was the expected one.</param>
    internal sealed record Reply(string? Value, bool IsDone);
}
