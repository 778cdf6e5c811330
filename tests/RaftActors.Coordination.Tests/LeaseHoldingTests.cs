namespace RaftActors.Coordination.Tests;

/// <summary>What the owner of a lease hears of its loss.</summary>
public sealed class LeaseHoldingTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Session _session;
    private readonly RaftLock _held;
    private readonly LeaseHolding _holding;
    private readonly List<Exception> _told = [];

    public LeaseHoldingTests()
    {
        _session = new Session(1, 0, TimeSpan.FromSeconds(10), _clock);
        _held = new RaftLock("billing", 2, _session, 1, () => ValueTask.CompletedTask, _ => { });
        _holding = new LeaseHolding(_held, "billing", _clock, NoLogger.Instance);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Loss_is_told_at_once_and_five_times_again()
    {
        _holding.TellLossTo(_told.Add);
        Lose();
        Assert.Single(_told);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _told.Count);
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(6, _told.Count);
    }

    [Fact]
    public void Loss_is_not_told_again_when_the_owner_has_acted()
    {
        _holding.TellLossTo(_told.Add);
        Lose();

        _holding.End();
        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Single(_told);
    }

    [Fact]
    public void Loss_that_comes_after_the_owner_has_acquired_the_lease_again_is_never_told()
    {
        _holding.TellLossTo(_told.Add);
        _holding.End();

        Lose();
        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Empty(_told);
    }

    [Fact]
    public void Loss_is_told_to_the_latest_callback_alone()
    {
        _holding.TellLossTo(_ => Assert.Fail("The callback was replaced."));
        _holding.TellLossTo(_told.Add);

        Lose();

        Assert.Single(_told);
    }

    [Fact]
    public void Loss_is_told_again_after_a_callback_has_thrown()
    {
        _holding.TellLossTo(loss =>
        {
            _told.Add(loss);
            throw new InvalidOperationException("The owner cannot stop.");
        });
        Lose();

        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal(6, _told.Count);
    }

    private void Lose() => _held.TellLoss();
}
