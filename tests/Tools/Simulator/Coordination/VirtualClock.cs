namespace RaftActors.Simulator.Coordination;

/// <summary>The clock of one program. It runs at a rate of its own.</summary>
/// <param name="perMille">The rate: 1020 is two percent faster than the true time.</param>
/// <param name="run">Runs a timer when the program runs, which may be later than its time.</param>
internal sealed class VirtualClock(World world, int perMille, Action<Action> run) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => world.Now.Ticks * perMille / 1000;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualClock clock, Action fire) : ITimer
    {
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // As the timers of the system.
            var milliseconds = (long)dueTime.TotalMilliseconds;
            ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, nameof(dueTime));
            var setting = ++_setting;
            if (milliseconds >= 0)
            {
                clock.After(TimeSpan.FromMilliseconds(milliseconds), () =>
                {
                    if (setting == _setting)
                    {
                        fire();
                    }
                });
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    // Rounded up, so that a timer never fires before its time. It takes some time in any case: otherwise a caller that sets a timer for
    // less than a millisecond, which counts as none, would set it for ever at one moment.
    private void After(TimeSpan time, Action fire) =>
        world.After(TimeSpan.FromTicks((((time.Ticks + 1000) * 1000) + perMille - 1) / perMille), () => run(fire));
}
