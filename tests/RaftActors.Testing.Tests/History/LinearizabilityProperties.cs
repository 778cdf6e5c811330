using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Testing.Tests.History;

/// <summary>Compares the search with a slow and obvious check, on small random histories of a register.</summary>
public sealed class LinearizabilityProperties
{
    private const int Clients = 4;
    private const int OperationsMax = 6;

    private static readonly Config ManyTests = Config.QuickThrowOnFailure.WithMaxTest(Share.Of(test: 500, ci: 2000, whole: 2000));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verdict_equals_the_verdict_over_all_permutations(bool tellsReads) =>
        Check(history => IsLinearizable(history, tellsReads) == BruteForce.IsLinearizable(history, new Register()));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Counterexample_is_the_first_end_that_no_permutation_explains(bool tellsReads) =>
        Check(history => history.Check(new Register(tellsReads)) is not { Impossible.Ended: { } ended }
            || (BruteForce.IsLinearizable(history, new Register(), upTo: ended - 1)
                && !BruteForce.IsLinearizable(history, new Register(), upTo: ended)));

    [Fact]
    public void Order_of_a_counterexample_leads_to_its_state() =>
        Check(history =>
        {
            if (history.Check(new Register()) is not { Impossible: { } impossible } wrong)
            {
                return true;
            }

            var model = new Register();
            var state = wrong.Order.Aggregate(model.Initial, (before, operation) =>
                model.TryStep(before, operation.Input, operation, out var next) ? next : int.MinValue);
            return (state?.ToString() ?? "null") == wrong.State && !wrong.Open.Append(impossible).Intersect(wrong.Order).Any();
        });

    [Fact]
    public void Random_histories_have_both_verdicts()
    {
        var verdicts = Actions.Sample(500).Select(actions => IsLinearizable(ToHistory(actions), tellsReads: true)).ToArray();

        Assert.InRange(verdicts.Count(isLinearizable => isLinearizable), 50, 450);
    }

    private static Gen<int[]> Actions => Gen.Choose(0, 99_999).ArrayOf(16);

    private static void Check(Func<OperationHistory<Ask, int?>, bool> holds) =>
        Prop.ForAll(Actions.ToArbitrary(), actions => holds(ToHistory(actions))).Check(ManyTests);

    private static bool IsLinearizable(OperationHistory<Ask, int?> history, bool tellsReads) =>
        history.Check(new Register(tellsReads)) is null;

    /// <summary>Each number is one action of one client. A waiting client ends its operation; any other client begins one.</summary>
    private static OperationHistory<Ask, int?> ToHistory(int[] actions)
    {
        var history = new OperationHistory<Ask, int?>();
        var running = new Operation<Ask, int?>?[Clients];
        foreach (var action in actions)
        {
            var (client, rest) = (action % Clients, action / Clients);
            if (running[client] is { } operation)
            {
                End(history, operation, rest);
                running[client] = null;
            }
            else if (history.Operations.Count < OperationsMax)
            {
                running[client] = history.Invoke(client, ToAsk(rest));
            }
        }

        return history;
    }

    private static Ask ToAsk(int number) => (number % 3) switch
    {
        0 => new Ask.Read(),
        1 => new Ask.Write(number / 3 % 2),
        _ => new Ask.CompareAndSet(number / 3 % 2, number / 6 % 3),
    };

    private static void End(OperationHistory<Ask, int?> history, Operation<Ask, int?> operation, int number)
    {
        switch (number % 6)
        {
            case 0:
                history.Fail(operation);
                break;
            case 1:
                history.Unknown(operation);
                break;
            default:
                var value = number / 6 % 3;
                history.Ok(operation, operation.Input is Ask.Read ? value == 2 ? null : value : value % 2);
                break;
        }
    }
}
