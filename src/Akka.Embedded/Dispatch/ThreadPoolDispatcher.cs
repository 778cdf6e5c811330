namespace Akka.Dispatch;

/// <summary>The default dispatcher: runs mailboxes on .NET's thread pool.</summary>
internal sealed class ThreadPoolDispatcher(string id, int throughput) : Dispatcher(id, throughput)
{
    // The global queue is first in, first out. A worker's own queue is faster for a pair of actors, but last in, first out.
    // Two busy actors could then starve a third one.
    public override void Execute(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);
}
