namespace Akka.Dispatch;

/// <summary>
/// Decides when and on which thread a mailbox runs. A mailbox requests at most one run at a time. So a dispatcher needs no locks of
/// its own, and may keep the runs in a list and choose their order.
/// </summary>
public abstract class MessageDispatcher
{
    /// <param name="configurator">The configurator that makes this dispatcher.</param>
    protected MessageDispatcher(MessageDispatcherConfigurator configurator)
    {
    }

    /// <summary>The maximum number of messages that a mailbox handles in one run.</summary>
    public int Throughput { get; set; } = 100;

    /// <summary>Arranges one run of a mailbox.</summary>
    internal void Execute(Mailbox mailbox) => ExecuteTask(mailbox);

    /// <summary>Arranges one call of <see cref="IRunnable.Run"/>, on any thread.</summary>
    protected abstract void ExecuteTask(IRunnable run);

    /// <summary>No actor uses the dispatcher now. Never called by this runtime.</summary>
    protected abstract void Shutdown();
}

/// <summary>The default dispatcher: runs mailboxes on .NET's thread pool.</summary>
internal sealed class ThreadPoolDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    // The global queue is first in, first out. A worker's own queue is faster for a pair of actors, but last in, first out.
    // Two busy actors could then starve a third one.
    protected override void ExecuteTask(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    protected override void Shutdown()
    {
    }
}

/// <summary>Runs a mailbox on the sender's thread, before the send returns. For tests.</summary>
internal sealed class CallingThreadDispatcher : MessageDispatcher
{
    public const string CallingThreadDispatcherId = "akka.test.calling-thread-dispatcher";

    public CallingThreadDispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator) => Throughput = int.MaxValue;

    protected override void ExecuteTask(IRunnable run) => run.Run();

    protected override void Shutdown()
    {
    }
}
