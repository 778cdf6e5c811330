using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// The two queues of an actor. Any thread may post; one thread at a time runs the mailbox. Both queues are lock-free, and a post
/// allocates nothing of its own.
/// </summary>
/// <remarks>
/// Invariant: no wake-up is lost. A poster writes its message, passes a full fence (the interlocked step of the enqueue), then
/// reads <see cref="_scheduled"/>. The runner clears <see cref="_scheduled"/> with a full fence, then checks the queues. So at
/// least one of the two sees the other.
/// </remarks>
internal sealed class Mailbox(ActorCell cell, MessageDispatcher dispatcher) : IRunnable
{
    /// <summary>The head of the system queue after the mailbox was closed. So closing is one atomic step.</summary>
    private static readonly SystemMessage Closed = new Terminate();

    private readonly ConcurrentQueue<Envelope> _messages = new();

    /// <summary>Messages that precede those in the queue, the next one on top. Only the runner touches it.</summary>
    private readonly Stack<Envelope> _returned = new();

    /// <summary>The system messages, newest first.</summary>
    private SystemMessage? _systemMessages;

    /// <summary>1 from a poster's request to the dispatcher until the end of the run, else 0.</summary>
    private int _scheduled;

    /// <summary>While it is above zero, only system messages are handled. Only the runner changes it.</summary>
    private volatile int _suspensions;

    private volatile bool _closed;

    /// <summary>Whether messages wait. Exact only for the runner.</summary>
    public bool HasMessages => _returned.Count > 0 || !_messages.IsEmpty;

    public void Post(object message, IActorRef? sender)
    {
        if (_closed)
        {
            cell.SystemImpl.DeadLetters.Tell(new Event.DeadLetter(message, sender, cell.Self), sender);
            return;
        }

        _messages.Enqueue(new Envelope(message, sender));
        if (_suspensions == 0 || _closed)
        {
            Schedule();
        }
    }

    public void PostSystem(SystemMessage message)
    {
        SystemMessage? head;
        do
        {
            head = Volatile.Read(ref _systemMessages);
            if (ReferenceEquals(head, Closed))
            {
                message.Next = null;
                cell.SystemImpl.Provider.DeadLetterRef.SendSystemMessage(message);
                return;
            }

            message.Next = head;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _systemMessages, message, head), head));
        Schedule();
    }

    /// <summary>Puts messages before all others, in their order. Only for the runner.</summary>
    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Reverse())
        {
            _returned.Push(envelope);
        }
    }

    /// <summary>Holds back ordinary messages until <see cref="Resume"/> was called as often. Only for the runner.</summary>
    public void Suspend() => _suspensions++;

    public void Resume()
    {
        if (_suspensions > 0 && !_closed)
        {
            _suspensions--;
        }
    }

    /// <summary>Closes the mailbox: waiting and later messages become dead letters. Only for the runner.</summary>
    public void Close()
    {
        _closed = true;
        _suspensions = 1;
        var left = Interlocked.Exchange(ref _systemMessages, Closed);
        for (var message = Reverse(left); message is not null;)
        {
            var next = message.Next;
            message.Next = null;
            cell.SystemImpl.Provider.DeadLetterRef.SendSystemMessage(message);
            message = next;
        }

        DrainToDeadLetters();
    }

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>Handles system messages, and ordinary ones up to the dispatcher's throughput.</summary>
    public void Run()
    {
        var previous = ActorCell.Current;
        ActorCell.Current = cell;
        try
        {
            RunSystemMessages();
            for (var left = dispatcher.Throughput; left > 0 && _suspensions == 0 && TryTake(out var envelope); left--)
            {
                cell.Invoke(envelope);
                RunSystemMessages();
            }

            if (_closed)
            {
                DrainToDeadLetters();
            }
        }
        finally
        {
            ActorCell.Current = previous;
            Interlocked.Exchange(ref _scheduled, 0);
            if (HasWork())
            {
                Schedule();
            }
        }
    }

    private static SystemMessage? Reverse(SystemMessage? newestFirst)
    {
        SystemMessage? oldestFirst = null;
        while (newestFirst is not null)
        {
            var next = newestFirst.Next;
            newestFirst.Next = oldestFirst;
            oldestFirst = newestFirst;
            newestFirst = next;
        }

        return oldestFirst;
    }

    private void Schedule()
    {
        if (Volatile.Read(ref _scheduled) == 0 && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
        {
            dispatcher.Execute(this);
        }
    }

    private bool HasWork()
    {
        var head = Volatile.Read(ref _systemMessages);
        return (head is not null && !ReferenceEquals(head, Closed)) || ((_suspensions == 0 || _closed) && HasMessages);
    }

    private bool TryTake(out Envelope envelope) => _returned.TryPop(out envelope) || _messages.TryDequeue(out envelope);

    private void RunSystemMessages()
    {
        while (Volatile.Read(ref _systemMessages) is not null && !_closed)
        {
            var message = Reverse(Interlocked.Exchange(ref _systemMessages, null));
            while (message is not null)
            {
                var next = message.Next;
                message.Next = null;
                if (_closed)
                {
                    cell.SystemImpl.Provider.DeadLetterRef.SendSystemMessage(message);
                }
                else
                {
                    cell.SystemInvoke(message);
                }

                message = next;
            }
        }
    }

    private void DrainToDeadLetters()
    {
        while (TryTake(out var envelope))
        {
            cell.SystemImpl.DeadLetters.Tell(new Event.DeadLetter(envelope.Message, envelope.Sender, cell.Self), envelope.Sender);
        }
    }
}
