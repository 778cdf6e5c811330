namespace RaftActors.Storage.Tests.Log;

/// <summary>The longest of the latest syncs, with a clock that the test sets.</summary>
public sealed class SyncTimesTests
{
    private readonly ManualClock _clock = new();
    private readonly SyncTimes _times;

    public SyncTimesTests() => _times = new SyncTimes(_clock);

    [Fact]
    public void Log_without_a_sync_has_no_time() => Assert.Null(_times.Longest);

    [Fact]
    public void Longest_of_several_syncs_counts()
    {
        Sync(2);
        Sync(7);
        Sync(3);

        Assert.Equal(Milliseconds(7), _times.Longest);
    }

    [Fact]
    public void Sync_counts_for_one_window_after_its_end_and_for_less_than_two()
    {
        Sync(7);
        _clock.Advance(SyncTimes.Window);
        Assert.Equal(Milliseconds(7), _times.Longest);
        Sync(2);
        Assert.Equal(Milliseconds(7), _times.Longest);

        _clock.Advance(SyncTimes.Window);

        Assert.Equal(Milliseconds(2), _times.Longest);
    }

    [Fact]
    public void Syncs_before_a_long_pause_do_not_count()
    {
        Sync(7);

        _clock.Advance(2 * SyncTimes.Window);

        Assert.Null(_times.Longest);
    }

    [Fact]
    public void Sync_that_hangs_counts_with_its_time_until_now()
    {
        Sync(2);
        _times.Begin();

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.FromMinutes(1), _times.Longest);
        _times.End();
        Assert.Equal(TimeSpan.FromMinutes(1), _times.Longest);
    }

    [Fact]
    public void Store_with_a_thread_tells_the_time_of_its_syncs_and_one_without_does_not()
    {
        Assert.NotNull(SyncTimeOf(StoreDirectory.OpenWithThread(Life.Options, new ModelDisk())));
        Assert.Null(SyncTimeOf(StoreDirectory.Open(Life.Options, new ModelDisk())));
    }

    // A new store is written and synced when it is opened.
    private static TimeSpan? SyncTimeOf(StoreDirectory directory)
    {
        using (directory)
        {
            var owner = new StoreOwner("orders", new ProcessName("orders@node1"));
            using var store = directory.StoreOf(owner);
            store.Open(owner, default, new SilentListener());
            return store.SyncTime;
        }
    }

    private static TimeSpan Milliseconds(int number) => TimeSpan.FromMilliseconds(number);

    private void Sync(int milliseconds)
    {
        _times.Begin();
        _clock.Advance(Milliseconds(milliseconds));
        _times.End();
    }
}
