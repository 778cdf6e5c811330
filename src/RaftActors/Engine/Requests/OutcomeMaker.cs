using RaftActors.Delivery;

namespace RaftActors.Engine.Requests;

/// <summary>Makes outcomes with the result type of an actor, for code that does not know the type.</summary>
internal abstract class OutcomeMaker
{
    /// <summary>Makes an outcome with the kept result, if there is one.</summary>
    public abstract IOutcome Done(RequestRef request, Serial serial, KeptResults? kept);

    public abstract IOutcome Cancelled(RequestRef request, RaftFailure failure);
}

internal sealed class OutcomeMaker<TResult> : OutcomeMaker
{
    private OutcomeMaker()
    {
    }

    public static OutcomeMaker<TResult> Instance { get; } = new();

    public override IOutcome Done(RequestRef request, Serial serial, KeptResults? kept) =>
        kept is KeptResults<TResult> known && known.TryGet(serial, out var result)
            ? new Outcome<TResult> { Serial = serial, Result = result, Request = request }
            : new Outcome<TResult> { Serial = serial, Request = request };

    public override IOutcome Cancelled(RequestRef request, RaftFailure failure) => failure.ToOutcome<TResult>(request);
}
