using System.Diagnostics.CodeAnalysis;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The messages that wait until the store has read entries for them. Invariant: each process gets AppendEntries in the order of Core. A
/// message that overtook such a page would be refused, and the leader would begin to probe, so later ones to the same process wait too.
/// Other kinds of messages do not wait. A new term drops all messages of the term before, because their receivers would refuse them.
/// </summary>
internal sealed class HeldPages
{
    // The most pages that are being read, or are read and not sent yet. Only they take memory.
    private const int PagesMax = 4;

    private readonly Queue<Effect.SendEntries> _wanted = [];

    // By process: the first page that is not sent, and the messages behind it.
    private readonly Dictionary<ProcessName, LinkedList<Effect>> _held = [];
    private int _asked;
    private Term _term;

    public bool IsEmpty => _held.Count == 0;

    /// <summary>Holds a message if a page to the same process waits. Returns false if it may be sent.</summary>
    /// <param name="instead">If a heartbeat is held, a heartbeat without entries to send at once, because a read that hangs must not
    /// silence the leader.</param>
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

    /// <summary>Takes the answer of the reader. Returns the message and those that waited for it, in order.</summary>
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

    // Answers that are still on their way match no held message afterwards.
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
