namespace RaftActors.Tests.Delivery;

/// <summary>What has no place in the log of a group whose actors check their pairs.</summary>
public sealed class AppendCheckTests : TestKit
{
    private readonly List<object?> _seen = [];

    [Fact]
    public void Null_of_a_class_is_refused_before_the_check_of_the_actors_sees_it()
    {
        Assert.Equal("The value is null, which FindFault of the actors never admits.", FaultOfNull<string>(isChecked: true));
        Assert.Empty(_seen);
    }

    [Fact]
    public void Null_of_an_object_or_of_a_nullable_struct_is_a_value_as_any_other()
    {
        Assert.Null(FaultOfNull<object>(isChecked: true));
        Assert.Null(FaultOfNull<int?>(isChecked: true));
        Assert.Equal([null, null, null, null], _seen);
    }

    [Fact]
    public void Null_is_admitted_by_actors_that_check_nothing() => Assert.Null(FaultOfNull<string>(isChecked: false));

    [Fact]
    public void Failure_of_an_entity_is_no_value()
    {
        var values = new ValueCodec<object?>(Sys);
        var check = new AppendCheck<object?>(values, findFault: null, isOfOperators: null, () => 1, () => false);

        Assert.Contains("unknown kind 19", check.FindRefusal("key", values.Encode(new EntityFailure("")), mayOperate: false)?.Detail);
    }

    [Theory]
    [InlineData(false, FailureReason.Invalid)]
    [InlineData(true, FailureReason.NotYet)]
    public void Value_that_cannot_be_read_may_be_that_of_a_newer_program_if_a_member_has_one(bool isOlder, FailureReason reason)
    {
        var check = new AppendCheck<int>(new ValueCodec<int>(Sys), findFault: null, isOfOperators: null, () => 1, () => isOlder);

        Assert.Equal(reason, check.FindRefusal("key", new ValueCodec<string>(Sys).Encode("new"), mayOperate: false)?.Reason);
    }

    [Fact]
    public void Pair_of_a_reminder_is_not_for_clients()
    {
        var values = new ValueCodec<int>(Sys);
        var check = new AppendCheck<int>(values, findFault: null, isOfOperators: null, () => 1, () => false);

        var refusal = check.FindRefusal("key", ValueCodec<int>.EncodeReminder(1, values.Encode(5).Span), mayOperate: true);

        Assert.Equal("The value is that of a reminder, which the leader alone appends.", refusal?.Detail);
    }

    [Fact]
    public void Pair_that_the_check_of_the_actors_fails_at_is_refused()
    {
        var values = new ValueCodec<int>(Sys);
        var check = new AppendCheck<int>(values, (_, value) => $"{1 / value}", isOfOperators: null, () => 1, () => false);

        var refusal = check.FindRefusal("key", values.Encode(0), mayOperate: false);

        Assert.StartsWith("FindFault threw DivideByZeroException", refusal?.Detail);
    }

    [Fact]
    public void Pair_whose_rights_cannot_be_told_is_refused()
    {
        var values = new ValueCodec<int>(Sys);
        var check = new AppendCheck<int>(values, findFault: null, isOfOperators: value => 1 / value > 0, () => 1, () => false);

        var refusal = check.FindRefusal("key", values.Encode(0), mayOperate: false);

        Assert.StartsWith("IsOfOperators threw DivideByZeroException", refusal?.Detail);
    }

    [Theory]
    [InlineData(-1, false, false)]
    [InlineData(-1, true, true)]
    [InlineData(1, false, true)]
    public void Value_of_operators_is_for_operators(int value, bool mayOperate, bool isTaken)
    {
        var values = new ValueCodec<int>(Sys);
        var check = new AppendCheck<int>(values, findFault: null, isOfOperators: each => each < 0, () => 1, () => false);

        var refusal = check.FindRefusal("key", values.Encode(value), mayOperate);

        Assert.Equal(isTaken ? null : FailureReason.Unauthorized, refusal?.Reason);
    }

    // A client's pair, and then the actor's own.
    private string? FaultOfNull<TValue>(bool isChecked)
    {
        var values = new ValueCodec<TValue?>(Sys);
        string? Check(string key, TValue? value)
        {
            _seen.Add(value);
            return null;
        }

        var check = new AppendCheck<TValue?>(values, isChecked ? Check : null, isOfOperators: null, () => 1, () => false);
        var fault = check.FindRefusal("key", values.Encode(default), mayOperate: false)?.Detail;
        Assert.Equal(fault, check.FindRefusal("key", default(TValue?))?.Detail);
        return fault;
    }
}
