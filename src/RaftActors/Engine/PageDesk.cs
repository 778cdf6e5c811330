using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Sends Core's messages. The store fills in the entries of some of them, which takes time. Invariant: each process is sent AppendEntries
/// in the order of Core. A message that overtook a page would be refused, and the leader would begin to probe. So it waits for the page.
/// Messages of other kinds do not wait.
/// </summary>
/// <param name="send">Sends a message.</param>
/// <param name="read">Asks the <see cref="PageReader"/> for the entries of a message. The answers come in the same order.</param>
/// <param name="term">Returns the term of Core.</param>
internal sealed class PageDesk(Action<Effect.Send> send, Action<Effect.SendEntries> read, Func<Term> term)
{
    // The pages that are read, or were read and not sent yet. They bound the memory. Others need only their places.
    private const int PagesMax = 4;

    private readonly Queue<Effect.SendEntries> _wanted = [];

    // For each process with a page that was not sent: that page, and the messages after it.
    private readonly Dictionary<ProcessName, LinkedList<Effect>> _held = [];
    private int _asked;

    // The term of the messages.
    private Term _term;

    /// <summary>Sends a message, unless it must wait.</summary>
    public void Send(Effect.Send message)
    {
        if (_held.Count > 0)
        {
            ForgetEarlierTerms();
            if (message.Envelope.Body is Message.AppendEntries request && _held.TryGetValue(message.Envelope.To.Name, out var held))
            {
                Hold(message, request, held);
                return;
            }
        }

        send(message);
    }

    /// <summary>Sends a message once its entries are read.</summary>
    public void Send(Effect.SendEntries message)
    {
        ForgetEarlierTerms();
        var to = message.Envelope.To.Name;
        if (!_held.TryGetValue(to, out var held))
        {
            _held.Add(to, held = []);
        }

        held.AddLast(message);
        _wanted.Enqueue(message);
        AskNext();
    }

    /// <summary>The entries of a message were read. Sends the message, and those that waited for it.</summary>
    public void OnRead(StoreNews.PageRead page)
    {
        _asked--;
        ForgetEarlierTerms();
        var to = page.Message.Envelope.To.Name;
        if (_held.TryGetValue(to, out var held) && held.First?.Value == (object)page.Message)
        {
            held.RemoveFirst();
            if (page.Filled is { } filled)
            {
                send(filled);
            }

            SendFirst(to, held);
        }

        AskNext();
    }

    private static void Hold(Effect.Send message, Message.AppendEntries request, LinkedList<Effect> held)
    {
        if (request.Entries.IsEmpty
            && held.Last is { Value: Effect.Send { Envelope.Body: Message.AppendEntries { Entries.IsEmpty: true } } } last)
        {
            last.Value = message; // A later heartbeat says more. So a slow disk gathers no heartbeats.
        }
        else
        {
            held.AddLast(message);
        }
    }

    private void SendFirst(ProcessName to, LinkedList<Effect> held)
    {
        while (held.First?.Value is Effect.Send next)
        {
            held.RemoveFirst();
            send(next);
        }

        if (held.Count == 0)
        {
            _held.Remove(to);
        }
    }

    // The receivers would refuse the messages. The answers that are on their way are not the first of any process.
    private void ForgetEarlierTerms()
    {
        if (term() is var now && now != _term)
        {
            _term = now;
            _held.Clear();
            _wanted.Clear();
        }
    }

    private void AskNext()
    {
        while (_asked < PagesMax && _wanted.TryDequeue(out var next))
        {
            _asked++;
            read(next);
        }
    }
}
