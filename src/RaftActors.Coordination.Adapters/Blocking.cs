namespace RaftActors.Coordination.Adapters;

/// <summary>Runs asynchronous calls for interfaces whose methods are synchronous.</summary>
internal static class Blocking
{
    // On the thread pool, because a continuation that needs the context of the blocked caller would never run.
    public static T Wait<T>(Func<Task<T>> call) => Task.Run(call).GetAwaiter().GetResult();

    public static void Wait(Func<Task> call) => Task.Run(call).GetAwaiter().GetResult();
}
