namespace CoordinationTrials.Simulated;

/// <summary>
/// The thread pool of a simulation. Akka.NET leaves some work to the pool. One thread has one order, and shows when there is nothing left.
/// </summary>
internal static class OneThread
{
    /// <summary>Leaves one thread to the pool of this process.</summary>
    /// <returns>False: it has more, and the standard error says why.</returns>
    public static bool TryUse()
    {
        ThreadPool.SetMinThreads(1, 1);
        ThreadPool.SetMaxThreads(1, 1);
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
        {
            Console.Error.WriteLine(
                $"The thread pool may have {threads} threads, so no seed could be repeated. "
                    + "Unset DOTNET_ThreadPool_ForceMinWorkerThreads.");
        }

        return threads == 1;
    }
}
