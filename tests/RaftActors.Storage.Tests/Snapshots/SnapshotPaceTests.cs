namespace RaftActors.Storage.Tests.Snapshots;

/// <summary>The rests of a thread that writes a snapshot, with a clock that the test sets.</summary>
public sealed class SnapshotPaceTests
{
    private readonly ManualClock _clock = new();
    private readonly SnapshotPace _pace;

    public SnapshotPaceTests()
    {
        _pace = new SnapshotPace(_clock, batches: 4);
        Assert.Null(RestAfter(work: 1000, batches: 5));
    }

    [Fact]
    public void Snapshot_does_not_rest_while_the_log_is_idle()
    {
        _clock.Advance(SnapshotPace.IdleAfter);

        Assert.Null(RestAfter(work: 20, batches: 5));
        Assert.Null(RestAfter(work: 20, batches: 5));
    }

    [Fact]
    public void Snapshot_rests_three_times_as_long_as_it_works_while_the_log_is_written()
    {
        Assert.Equal(Milliseconds(60), RestAfter(work: 20, batches: 6));

        _clock.Advance(Milliseconds(60));
        _pace.OnRested();

        Assert.Equal(Milliseconds(30), RestAfter(work: 10, batches: 6));
    }

    [Fact]
    public void Snapshot_rests_no_more_when_the_log_has_become_idle()
    {
        RestAfter(work: 20, batches: 6);
        _pace.OnRested();

        _clock.Advance(SnapshotPace.IdleAfter);

        Assert.Null(RestAfter(work: 1, batches: 6));
    }

    [Fact]
    public void Work_of_short_pieces_adds_up_to_a_rest()
    {
        Assert.Null(RestAfter(work: 0.2, batches: 6));

        Assert.Equal(Milliseconds(1.2), RestAfter(work: 0.2, batches: 7));
    }

    [Fact]
    public void Snapshot_whose_source_is_slow_rests_only_a_quarter_of_a_second() =>
        Assert.Equal(Milliseconds(250), RestAfter(work: 5000, batches: 6));

    private static TimeSpan Milliseconds(double number) => TimeSpan.FromMilliseconds(number);

    private TimeSpan? RestAfter(double work, long batches)
    {
        _clock.Advance(Milliseconds(work));
        return _pace.RestAfterPiece(batches);
    }
}
