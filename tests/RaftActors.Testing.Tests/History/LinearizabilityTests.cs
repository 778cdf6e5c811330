using RaftActors.Testing.History;

namespace RaftActors.Testing.Tests.History;

/// <summary>Histories of a register, each small enough to check by hand.</summary>
public sealed class LinearizabilityTests
{
    private readonly RegisterHistory _history = new();

    [Fact]
    public void Empty_history_is_linearizable() => _history.IsLinearizable();

    [Fact]
    public void Read_that_sees_the_last_write_is_linearizable()
    {
        _history.Saw(null);
        _history.Wrote(1);
        _history.Wrote(2);
        _history.Saw(2);

        _history.IsLinearizable();
    }

    [Fact]
    public void Stale_read_is_not_linearizable_and_the_verdict_says_why()
    {
        var (first, second) = (_history.Wrote(1), _history.Wrote(2));
        var stale = _history.Saw(1);
        _history.Saw(7);

        var wrong = _history.IsNotLinearizable();

        Assert.Equal([first, second], wrong.Order);
        Assert.Equal("2", wrong.State);
        Assert.Same(stale, wrong.Impossible);
        Assert.Empty(wrong.Open);
    }

    [Fact]
    public void Lost_update_is_not_linearizable()
    {
        _history.Wrote(0);
        var (one, other) = (_history.Set(0, 1), _history.Set(0, 2));
        _history.Ok(one, 1);
        _history.Ok(other, 1);

        Assert.Same(other, _history.IsNotLinearizable().Impossible);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Either_of_two_concurrent_writes_may_be_the_last(int seen)
    {
        var (one, other) = (_history.Write(1), _history.Write(2));
        _history.Ok(one);
        _history.Ok(other);
        _history.Saw(seen);

        _history.IsLinearizable();
    }

    [Fact]
    public void Reads_after_two_concurrent_writes_agree_on_the_last_one()
    {
        var (one, other) = (_history.Write(1), _history.Write(2));
        _history.Ok(one);
        _history.Ok(other);
        _history.Saw(1);
        var disagrees = _history.Saw(2);

        Assert.Same(disagrees, _history.IsNotLinearizable().Impossible);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public void Read_that_overlaps_a_write_may_see_it_or_not(int? seen)
    {
        var write = _history.Write(1);
        _history.Saw(seen);
        _history.Ok(write);

        _history.IsLinearizable();
    }

    [Fact]
    public void Write_that_one_read_returned_is_seen_by_the_next_read()
    {
        var write = _history.Write(1);
        _history.Saw(1);
        var read = _history.Saw(null);
        _history.Ok(write);

        Assert.Same(read, _history.IsNotLinearizable().Impossible);
    }

    [Fact]
    public void Unknown_write_may_be_seen_later()
    {
        _history.MayHaveWritten(2);
        _history.Saw(null);
        _history.Wrote(1);
        _history.Saw(1);
        _history.Saw(2);

        _history.IsLinearizable();
    }

    [Fact]
    public void Unknown_write_may_never_be_seen()
    {
        _history.Wrote(1);
        _history.MayHaveWritten(2);
        _history.Saw(1);

        _history.IsLinearizable();
    }

    [Fact]
    public void Unknown_write_that_was_seen_stays()
    {
        _history.Wrote(1);
        _history.MayHaveWritten(2);
        _history.Saw(2);
        _history.Saw(1);

        _history.IsNotLinearizable();
    }

    [Fact]
    public void Unknown_write_happens_once()
    {
        _history.MayHaveWritten(2);
        _history.Saw(2);
        _history.Wrote(1);
        var again = _history.Saw(2);

        Assert.Same(again, _history.IsNotLinearizable().Impossible);
    }

    [Fact]
    public void Two_unknown_writes_of_one_value_happen_twice_and_no_more()
    {
        _history.MayHaveWritten(2);
        _history.MayHaveWritten(2);
        _history.Saw(2);
        _history.Wrote(1);
        _history.Saw(2);
        _history.IsLinearizable();

        _history.Wrote(1);
        _history.Saw(2);
        _history.IsNotLinearizable();
    }

    [Fact]
    public void Unknown_write_is_not_seen_before_its_invocation()
    {
        _history.Saw(2);
        _history.MayHaveWritten(2);

        _history.IsNotLinearizable();
    }

    [Fact]
    public void Unknown_compare_and_set_changes_only_what_it_compares_with()
    {
        _history.Wrote(3);
        _history.Recorded.Unknown(_history.Set(1, 2));
        _history.Saw(3);
        _history.IsLinearizable();

        _history.Saw(2);
        _history.IsNotLinearizable();
    }

    [Fact]
    public void Write_without_an_end_may_have_happened()
    {
        _history.Write(1);
        _history.Saw(1);

        _history.IsLinearizable();
    }

    [Fact]
    public void Failed_write_is_not_seen()
    {
        var write = _history.Write(1);
        var read = _history.Read();
        _history.Recorded.Fail(write);
        _history.Ok(read, 1);

        Assert.Same(read, _history.IsNotLinearizable().Impossible);
    }

    [Fact]
    public void Search_finds_the_only_order_of_a_hundred_concurrent_operations()
    {
        _history.Wrote(0);
        var sets = Enumerable.Range(0, 100).Reverse().Select(i => _history.Set(i, i + 1)).ToArray();
        Array.ForEach(sets, set => _history.Ok(set, 1));
        _history.Saw(100);
        _history.IsLinearizable();

        _history.Saw(99);
        _history.IsNotLinearizable();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void States_with_equal_hashes_are_distinguished(int seen)
    {
        var (one, other) = (_history.Write(1), _history.Write(2));
        _history.Ok(one);
        _history.Ok(other);
        _history.Saw(seen);

        Assert.IsType<HistoryVerdict<Ask, int?>.Linearizable>(Linearizability.Check(_history.Recorded, new CollidingRegister()));
    }

    [Fact]
    public void Operation_ends_once()
    {
        var write = _history.Wrote(1);

        Assert.Throws<InvalidOperationException>(() => _history.Recorded.Unknown(write));
    }

    private readonly record struct Colliding(int? Value)
    {
        public override int GetHashCode() => 0;
    }

    private sealed class CollidingRegister : SequentialModel<Colliding, Ask, int?>
    {
        private readonly Register _register = new();

        public override Colliding Initial => default;

        public override bool TryStep(Colliding state, Ask input, Observed<int?> output, out Colliding next)
        {
            var isLegal = _register.TryStep(state.Value, input, output, out var value);
            next = new Colliding(value);
            return isLegal;
        }
    }
}
