namespace RaftActors;

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
