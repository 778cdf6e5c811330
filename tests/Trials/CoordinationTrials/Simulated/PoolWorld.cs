namespace CoordinationTrials.Simulated;

/// <summary>
/// A world whose turns may leave work to the thread pool, which has one thread. It is done before the next turn. So code that is not made
/// for a simulation runs in virtual time, but its order is not quite that of the seed.
/// </summary>
internal sealed class PoolWorld(long seed) : World(seed)
{
    public override bool IsOnThread => true;

    // The turns take the one thread of the pool, so the work that a turn leaves to the pool comes before the next turn.
    public override bool RunUntil(TimeSpan end, Func<bool>? until = null)
    {
        TaskCompletionSource<bool> ended = new();
        ThreadPool.UnsafeQueueUserWorkItem(_ => Go(), null);
        return ended.Task.GetAwaiter().GetResult();

        void Go()
        {
            try
            {
                do
                {
                    if (Step(end, until) is { } holds)
                    {
                        ended.SetResult(holds);
                        return;
                    }
                }
                while (ThreadPool.PendingWorkItemCount == 0);

                ThreadPool.UnsafeQueueUserWorkItem(_ => Go(), null);
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        }
    }

    // The work that the turn leaves to the pool belongs to the same node.
    protected override void RunNow(Turn turn)
    {
        Running = turn.Life;
        turn.Run();
    }
}
