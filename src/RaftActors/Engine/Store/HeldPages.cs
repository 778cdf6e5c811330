using System.Diagnostics.CodeAnalysis;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The messages of Core that wait for the store, which fills in the entries of some of them. Invariant: each process is sent AppendEntries
/// in the order of Core. A message that overtook a page would be refused, and the leader would begin to probe. So it waits for the page.
/// Messages of other kinds do not wait. A new term drops all messages of the term before, because their receivers would refuse them.
/// </summary>
internal sealed class HeldPages
{
    // The pages that are read, or were read and not sent yet. They bound the memory. Others need only their places.
    private const int PagesMax = 4;

    private readonly Queue<Effect.SendEntries> _wanted = [];

    // For each process with a page that was not sent: that page, and the messages after it.
    private readonly Dictionary<ProcessName, LinkedList<Effect>> _held = [];
    private int _asked;

    // The term of the messages.
    private Term _term;

    /// <summary>No message waits.</summary>
    public bool IsEmpty => _held.Count == 0;

    /// <summary>Holds the message if it must wait for a page to the same process. False: it may be sent.</summary>
    /// <param name="instead">
    /// If a heartbeat is held, another one that may be sent at once: a read that hangs must not silence the leader.
    /// </param>
    public bool TryHold(Effect.Send message, Term now, out Effect.Send? instead)
    {
        ForgetBefore(now);
        instead = null;
        if (message.Envelope.Body is not Message.AppendEntries request || !_held.TryGetValue(message.Envelope.To.Name, out var held))
        {
            return false;
        }

        if (request.Entries.IsEmpty && held.First?.Value is Effect.SendEntries page)
        {
            instead = new Effect.Send(page.Heartbeat(request));
        }

        if (request.Entries.IsEmpty
            && held.Last is { Value: Effect.Send { Envelope.Body: Message.AppendEntries { Entries.IsEmpty: true } } } last)
        {
            last.Value = message; // A later heartbeat says more. So a slow disk gathers no heartbeats.
        }
        else
        {
            held.AddLast(message);
        }

        return true;
    }

    /// <summary>Holds a message until its entries are read.</summary>
    public void Add(Effect.SendEntries message, Term now)
    {
        ForgetBefore(now);
        var to = message.Envelope.To.Name;
        if (!_held.TryGetValue(to, out var held))
        {
            _held.Add(to, held = []);
        }

        held.AddLast(message);
        _wanted.Enqueue(message);
    }

    /// <summary>Takes the next message to ask the <see cref="StoreReader"/> for. Its answers come in the same order.</summary>
    public bool TryAsk([NotNullWhen(true)] out Effect.SendEntries? next)
    {
        next = null;
        if (_asked == PagesMax || !_wanted.TryDequeue(out next))
        {
            return false;
        }

        _asked++;
        return true;
    }

    /// <summary>The entries of a message were read. Returns the message and those that waited for it, in order.</summary>
    public IReadOnlyList<Effect.Send> Take(StoreNews.PageRead page, Term now)
    {
        _asked--;
        ForgetBefore(now);
        List<Effect.Send> sendable = [];
        var to = page.Message.Envelope.To.Name;
        if (_held.TryGetValue(to, out var held) && held.First?.Value == (object)page.Message)
        {
            held.RemoveFirst();
            if (page.Filled is { } filled)
            {
                sendable.Add(filled);
            }

            while (held.First?.Value is Effect.Send next)
            {
                held.RemoveFirst();
                sendable.Add(next);
            }

            if (held.Count == 0)
            {
                _held.Remove(to);
            }
        }

        return sendable;
    }

    // The answers that are on their way are not the first of any process.
    private void ForgetBefore(Term now)
    {
        if (now != _term)
        {
            _term = now;
            _held.Clear();
            _wanted.Clear();
        }
    }
}
