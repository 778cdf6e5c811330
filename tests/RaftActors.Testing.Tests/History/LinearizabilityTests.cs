namespace RaftActors.Testing.Tests.History;

/// <summary>Histories of a register, each small enough to check by hand.</summary>
public sealed class LinearizabilityTests
{
    private readonly RegisterHistory _history = new();

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

        Assert.Null(_history.Recorded.Check(new CollidingRegister()));
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

        public override bool TryStep(Colliding state, Ask input, Operation<Ask, int?> operation, out Colliding next)
        {
            var isLegal = _register.TryStep(state.Value, input, operation, out var value);
            next = new Colliding(value);
            return isLegal;
        }
    }
}
