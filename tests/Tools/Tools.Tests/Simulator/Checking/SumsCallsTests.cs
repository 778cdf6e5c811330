using RaftActors.Core;
using RaftActors.Simulator.Actors;

namespace RaftActors.Simulator.Tests.Checking;

/// <summary>Histories of calls to a group of sums, and which of them the simulation of the actors rejects.</summary>
public sealed class SumsCallsTests
{
    private readonly SumsCalls _calls = new();

    [Fact]
    public void True_answers_are_accepted()
    {
        Add(1, sum: 1);
        Add(2, sum: null);
        _calls.BeginAdd(0, "a", 3);
        Read(sum: 1);
        _calls.EndRead(_calls.BeginRead(0, "a"), null);

        _calls.Check([1]);
        Assert.True(_calls.AreAdded([1]));
    }

    [Fact]
    public void Call_without_an_end_may_be_added()
    {
        _calls.BeginAdd(0, "a", 1);
        Add(2, sum: 3);

        _calls.Check([1, 2]);
    }

    [Fact]
    public void Amount_that_was_added_twice_is_rejected()
    {
        _calls.BeginAdd(0, "a", 1);

        Rejects("1 was added twice", 1, 1);
    }

    [Fact]
    public void Committed_amount_that_is_lost_is_rejected()
    {
        Add(1, sum: 1);

        Rejects("1 was not added, and its caller was told that it is committed");
        Assert.False(_calls.AreAdded([]));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void Read_with_an_age_has_what_was_told_before(int sum, bool isAccepted)
    {
        RequestRef read = new(new ProcessName("a@x"), default, 1);
        Add(1, sum: 1);
        _calls.Now = () => TimeSpan.FromSeconds(3);
        Add(2, sum: 3);
        _calls.BeginRecentReadOfActor("a", read, TimeSpan.FromSeconds(2));

        _calls.End(new Outcome<object?> { Result = sum, Request = read });

        if (isAccepted)
        {
            _calls.Check([1, 2]);
        }
        else
        {
            Rejects("a read told 0, and 1 had been told earlier than its age", 1, 2);
        }
    }

    [Fact]
    public void Amount_that_was_denied_and_added_is_rejected()
    {
        Add(1, sum: null);

        Rejects("1 was added, and its caller was told that it is not committed", 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(null)]
    public void Result_that_differs_for_a_repeat_is_rejected(int? repeated)
    {
        Add(1, sum: 1);
        _calls.End(1, repeated);

        Rejects("one caller of 1 was told 1, and another one", 1);
    }

    [Fact]
    public void Stale_read_is_rejected()
    {
        Add(1, sum: 1);
        Read(sum: 0);

        Rejects("Not linearizable: a", 1);
    }

    [Fact]
    public void Wrong_sum_is_rejected()
    {
        Add(1, sum: 1);
        Add(2, sum: 2);

        Rejects("Not linearizable: a", 1, 2);
    }

    [Fact]
    public void Sum_of_an_amount_that_was_added_later_is_rejected()
    {
        Read(sum: 1);
        Add(1, sum: 1);

        Rejects("Not linearizable: a", 1);
    }

    [Fact]
    public void Order_of_the_log_that_is_not_that_of_real_time_is_rejected()
    {
        Add(1, sum: 1);
        _calls.BeginAdd(0, "b", 2);

        Rejects("1 was added behind a call that began after its end", 2, 1);
    }

    [Fact]
    public void Pair_without_a_result_is_rejected()
    {
        _calls.ResultOf(new Outcome<int> { Serial = new Serial(1), Result = -1 });

        Rejects("the pair 1 has no result");
    }

    private void Add(int amount, int? sum)
    {
        _calls.BeginAdd(0, "a", amount);
        _calls.End(amount, sum);
    }

    private void Read(int sum) => _calls.EndRead(_calls.BeginRead(0, "a"), sum);

    private void Rejects(string expected, params int[] added) => Assert.Contains(
        expected, Assert.Throws<InvalidDataException>(() => _calls.Check(added)).Message, StringComparison.Ordinal);
}
