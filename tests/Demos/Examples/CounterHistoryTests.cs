using RaftActors.Testing.History;

namespace RaftActors.Examples;

/// <summary>The behaviour of one counter: each Count returns the new total.</summary>
public sealed class CounterModel : SequentialModel<int, int, int>
{
    public override int Initial => 0;

    public override bool TryStep(int total, int added, Operation<int, int> operation, out int next)
    {
        next = total + added;
        return operation.Allows(next);
    }
}

/// <summary>Checks the outcomes that clients of a running group received.</summary>
public sealed class CounterHistoryTests
{
    [Fact]
    public void Count_with_an_unknown_outcome_is_counted_at_most_once()
    {
        var history = new OperationHistory<int, int>();
        var lost = history.Invoke(client: 1, input: 5);
        history.Unknown(lost);                              // its outcome was Unknown
        var told = history.Invoke(client: 2, input: 1);
        history.Ok(told, 6);                                // so the 5 was counted
        var wrong = history.Invoke(client: 2, input: 1);
        history.Ok(wrong, 12);                              // and here once more

        var fault = history.FindFault(new CounterModel());

        Assert.StartsWith("Not linearizable", fault);
        Assert.Contains($"there is no place for\n  {wrong}\n", fault);
    }
}
