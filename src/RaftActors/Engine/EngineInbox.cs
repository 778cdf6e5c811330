using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Engine;

/// <summary>
/// What a process's actor has said to its engine and the engine has not read, in the order said. The actor adds from its thread, the
/// engine takes from its own. The engine's mailbox holds one <see cref="ToEngine.ReadInbox"/> for all of it, however much there is, so a
/// heartbeat never waits behind a burst of Appends.
/// </summary>
internal sealed class EngineInbox
{
    private readonly ConcurrentQueue<(ToEngine Message, long Life)> _messages = new();
    private int _isAnnounced;

    public void Add(ToEngine message, long life) => _messages.Enqueue((message, life));

    /// <summary>True if the engine is to be sent a <see cref="ToEngine.ReadInbox"/>; false if one is on its way.</summary>
    public bool TryAnnounce() => !_messages.IsEmpty && Interlocked.Exchange(ref _isAnnounced, 1) == 0;

    /// <summary>
    /// Takes the next message for an engine that has taken on this life of the actor. Questions of an earlier life are dropped: they
    /// ended with it. False if there is no message, or the next one is of a life that the engine does not know yet.
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

    /// <summary>The engine has read as much as it wants to for now. True if it is to send itself the next announcement.</summary>
    public bool EndReading(long life)
    {
        // The full fence orders this before the look at the queue: either this side sees a new message, or its sender sees the flag.
        Interlocked.Exchange(ref _isAnnounced, 0);
        return _messages.TryPeek(out var next) && next.Life <= life && TryAnnounce();
    }
}
