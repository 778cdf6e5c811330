using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Testing.History;

/// <summary>What the system would do if one operation came after the other: what a history is compared with.</summary>
/// <typeparam name="TState">Immutable, and equal if it is the same state: a string, a number, a record of such.</typeparam>
/// <typeparam name="TInput">What is asked for. If equal inputs are equal as objects, unknown operations cost less.</typeparam>
/// <typeparam name="TOutput">What is given.</typeparam>
public abstract class SequentialModel<TState, TInput, TOutput>
{
    /// <summary>Where each partition begins.</summary>
    public abstract TState Initial { get; }

    /// <summary>
    /// Whether an operation may have given this output in this state, and the state after it. Of an output that is not known only what
    /// follows matters; if several states could, the model cannot be written.
    /// </summary>
    /// <param name="state">Before.</param>
    /// <param name="input">What was asked for.</param>
    /// <param name="output">What was given, if that is known.</param>
    /// <param name="next">After.</param>
    public abstract bool TryStep(TState state, TInput input, Observed<TOutput> output, [MaybeNullWhen(false)] out TState next);

    /// <summary>
    /// This input never changes the state, whatever is given. Need not be said; but if it is said of reads, a history with many clients may
    /// cost less.
    /// </summary>
    public virtual bool IsReadOnly(TInput input) => false;

    /// <summary>
    /// Operations of different partitions do not touch each other, as those of different keys; each partition is checked alone, which is
    /// much faster. By default there is one.
    /// </summary>
    public virtual string PartitionOf(TInput input) => "";
}
