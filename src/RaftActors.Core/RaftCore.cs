using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Raft for one process of one group. Takes an input, changes its own state, returns effects; does no I/O, knows no time, owns no thread.
/// The same options, initial state and inputs give the same effects, byte for byte. Not thread-safe: one caller at a time.
/// </summary>
public sealed class RaftCore
{
    /// <summary>Starts from what the store gave back.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves or the state.</exception>
    public RaftCore(CoreOptions options, InitialState initial)
    {
        Options = options;
        _ = initial;
    }

    /// <summary>What the core was told at its start.</summary>
    public CoreOptions Options { get; }

    /// <summary>Takes one input; the effects are to be carried out in order before the next step.</summary>
    public ImmutableArray<Effect> Step(Input input) => [];
}
