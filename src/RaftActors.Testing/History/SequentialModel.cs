using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Testing.History;

/// <summary>The behaviour of one copy that does one operation after the other. A check compares a history with it.</summary>
/// <typeparam name="TState">The state. It must be immutable and compare by value: a string, a number, a record of these.</typeparam>
/// <typeparam name="TInput">The input of an operation. If it compares by value, unknown operations cost less.</typeparam>
/// <typeparam name="TOutput">The output of an operation.</typeparam>
public abstract class SequentialModel<TState, TInput, TOutput>
{
    /// <summary>The state at the start of each partition.</summary>
    public abstract TState Initial { get; }

    /// <summary>
    /// Decides whether an operation may give this output in this state, and computes the next state. If the output is unknown, only the
    /// next state matters. There must be exactly one.
    /// </summary>
    /// <param name="state">The state before the operation.</param>
    /// <param name="input">The input.</param>
    /// <param name="operation">Tells which outputs it may have had.</param>
    /// <param name="next">The state after the operation.</param>
    /// <returns>False if the operation cannot give this output in this state.</returns>
    public abstract bool TryStep(
        TState state, TInput input, Operation<TInput, TOutput> operation, [MaybeNullWhen(false)] out TState next);

    /// <summary>
    /// Whether this input never changes the state. Default: false, which is always correct. True for reads makes a check of many
    /// clients cheaper.
    /// </summary>
    public virtual bool IsReadOnly(TInput input) => false;

    /// <summary>
    /// Returns the partition of an input, such as its key. Operations of different partitions must not affect each other. Each
    /// partition is checked alone, which is much faster. Default: one partition.
    /// </summary>
    public virtual string PartitionOf(TInput input) => "";
}
