using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Engine;

/// <summary>
/// The messages of a process's actor that its engine has not read, in order. The actor adds on its thread, and the engine takes on its own.
/// The engine's mailbox holds at most one <see cref="ToEngine.ReadInbox"/> for all of them. So a heartbeat never waits behind a burst of
/// Appends.
/// </summary>
/// <remarks>
/// A Tell for each message is as fast: three runs in turn of <c>cluster --store memory --clients 1,64</c> gave medians of 0.89 to 1.01 of
/// this inbox's rate, within their spread. It would need a mailbox with priorities, and a stash for messages of a life that has not
/// attached.
/// </remarks>
internal sealed class EngineInbox
{
    private readonly ConcurrentQueue<(ToEngine Message, long Life)> _messages = new();
    private int _isAnnounced;

    public void Add(ToEngine message, long life) => _messages.Enqueue((message, life));

    /// <summary>True: send the engine a <see cref="ToEngine.ReadInbox"/>. False: one is on its way, or the inbox is empty.</summary>
    public bool TryAnnounce() => !_messages.IsEmpty && Interlocked.Exchange(ref _isAnnounced, 1) == 0;

    /// <summary>
    /// Takes the next message for an engine with this life attached. Drops questions of earlier lives, which ended with them. False: the
    /// inbox is empty, or the next message is of a life that has not attached yet.
    /// </summary>
    public bool TryTake(long life, [NotNullWhen(true)] out ToEngine? message)
    {
        while (_messages.TryPeek(out var next) && next.Life <= life)
        {
            _messages.TryDequeue(out _);
            if (next.Life == life || next.Message is not (ToEngine.Get or ToEngine.Query or ToEngine.Served))
            {
                message = next.Message;
                return true;
            }
        }

        message = null;
        return false;
    }

    /// <summary>The engine stops reading for now. True: it must send itself the next announcement.</summary>
    public bool EndReading(long life)
    {
        // The full fence orders this before the look at the queue: either this side sees a new message, or its sender sees the flag.
        Interlocked.Exchange(ref _isAnnounced, 0);
        return _messages.TryPeek(out var next) && next.Life <= life && TryAnnounce();
    }
}
