namespace RaftActors.Coordination.Tests;

public sealed class LeaseLossTests
{
    private readonly ManualClock _clock = new();
    private readonly InvalidOperationException _reason = new();
    private readonly List<Exception> _told = [];
    private readonly LeaseLoss _loss;

    public LeaseLossTests() => _loss = new LeaseLoss(_told.Add, _reason, _clock);

    [Fact]
    public void Loss_is_told_at_once_and_five_times_again()
    {
        var telling = _loss.TellAsync();
        Assert.Equal([_reason], _told);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _told.Count);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(6, _told.Count);
        Assert.True(telling.IsCompletedSuccessfully);
    }

    [Fact]
    public void Loss_is_not_told_again_when_its_owner_has_acted()
    {
        var telling = _loss.TellAsync();

        _loss.End();
        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal([_reason], _told);
        Assert.True(telling.IsCompletedSuccessfully);
    }
}
