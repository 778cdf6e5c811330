namespace RaftActors;

/// <summary>A raft actor with values and results of any type. <see cref="RaftActor{TValue, TResult}"/> has the documentation.</summary>
public abstract class RaftActor : RaftActor<object?>
{
    /// <inheritdoc/>
    protected RaftActor(RaftOptions<object?>? options = null)
        : base(options)
    {
    }
}

/// <summary>
/// A raft actor with results of any type: its outcomes are <c>Outcome&lt;object&gt;</c>. <see cref="RaftActor{TValue, TResult}"/> has the
/// documentation.
/// </summary>
/// <typeparam name="TValue">The type of the values.</typeparam>
public abstract class RaftActor<TValue> : RaftActor<TValue, object?>
{
    /// <inheritdoc/>
    protected RaftActor(RaftOptions<TValue>? options = null)
        : base(options)
    {
    }
}
