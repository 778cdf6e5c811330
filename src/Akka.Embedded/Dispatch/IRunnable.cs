namespace Akka.Dispatch;

/// <summary>Work that a <see cref="MessageDispatcher"/> runs once: a run of a mailbox.</summary>
public interface IRunnable : IThreadPoolWorkItem
{
    /// <summary>Does the work on the calling thread.</summary>
    void Run();
}
