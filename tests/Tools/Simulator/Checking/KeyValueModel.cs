using System.Diagnostics.CodeAnalysis;
using RaftActors.Testing.History;

namespace RaftActors.Simulator;

/// <summary>A put of a unique value, or a read.</summary>
internal sealed record KeyOperation(int Key, bool IsPut, long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(IsPut ? "put" : "read")} {KeyValueState.KeyName(Key)}{(IsPut ? $" {Value}" : "")}";
}

/// <summary>One register for each key.</summary>
internal sealed class KeyValueModel : SequentialModel<long, KeyOperation, long>
{
    private static readonly string[] Partitions = [.. Enumerable.Range(0, KeyValueState.Keys).Select(KeyValueState.KeyName)];

    /// <inheritdoc/>
    public override long Initial => 0;

    /// <inheritdoc/>
    public override bool TryStep(
        long state, KeyOperation input, Operation<KeyOperation, long> operation, [MaybeNullWhen(false)] out long next)
    {
        next = input.IsPut ? input.Value : state;
        return input.IsPut || operation.Allows(state);
    }

    /// <inheritdoc/>
    public override bool IsReadOnly(KeyOperation input) => !input.IsPut;

    /// <inheritdoc/>
    public override string PartitionOf(KeyOperation input) => Partitions[input.Key];
}
