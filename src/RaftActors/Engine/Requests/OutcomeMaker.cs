using RaftActors.Delivery;

namespace RaftActors.Engine.Requests;

/// <summary>Makes the outcomes of one result type, for code that does not know the type.</summary>
internal abstract class OutcomeMaker
{
    /// <summary>Makes an outcome with the result that is kept, or without one.</summary>
    /// <param name="kept">Null: the caller has no actor.</param>
    public abstract IOutcome Done(RequestRef request, Serial serial, KeptResults? kept);

    /// <summary>Makes the outcome of an Append that failed.</summary>
    public abstract IOutcome Cancelled(RequestRef request, RaftFailure failure);
}

/// <inheritdoc/>
internal sealed class OutcomeMaker<TResult> : OutcomeMaker
{
    private OutcomeMaker()
    {
    }

    public static OutcomeMaker<TResult> Instance { get; } = new();

    /// <inheritdoc/>
    public override IOutcome Done(RequestRef request, Serial serial, KeptResults? kept) =>
        kept is KeptResults<TResult> known && known.TryGet(serial, out var result)
            ? new Outcome<TResult> { Serial = serial, Result = result, Request = request }
            : new Outcome<TResult> { Serial = serial, Request = request };

    /// <inheritdoc/>
    public override IOutcome Cancelled(RequestRef request, RaftFailure failure) => failure.ToOutcome<TResult>(request);
}
