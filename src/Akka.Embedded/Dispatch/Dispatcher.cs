namespace Akka.Dispatch;

/// <summary>
/// Decides when and on which thread a mailbox runs. A mailbox requests at most one run at a time. So a dispatcher needs no locks of
/// its own, and may keep the mailboxes in a list and choose their order.
/// </summary>
internal abstract class Dispatcher(string id, int throughput)
{
    public string Id { get; } = id;

    /// <summary>The maximum number of messages that a mailbox handles in one run.</summary>
    public int Throughput { get; } = throughput;

    /// <summary>Arranges one call of <see cref="Mailbox.Run"/>.</summary>
    public abstract void Execute(Mailbox mailbox);
}

/// <summary>The default dispatcher: runs mailboxes on .NET's thread pool.</summary>
internal sealed class ThreadPoolDispatcher(string id, int throughput) : Dispatcher(id, throughput)
{
    // The global queue is first in, first out. A worker's own queue is faster for a pair of actors, but last in, first out.
    // Two busy actors could then starve a third one.
    public override void Execute(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
}

/// <summary>Runs a mailbox on the sender's thread, before the send returns. For tests.</summary>
internal sealed class CallingThreadDispatcher() : Dispatcher(CallingThreadDispatcherId, int.MaxValue)
{
    public const string CallingThreadDispatcherId = "akka.test.calling-thread-dispatcher";

    public override void Execute(Mailbox mailbox) => mailbox.Run();
}
