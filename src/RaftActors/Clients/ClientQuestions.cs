using Akka.Actor;

namespace RaftActors.Clients;

/// <summary>
/// The open questions of one client. A question goes to one process at a time, and to the next one after silence or a decline, until its
/// deadline. Each has an actor of its own that receives the reply, since most replies name no request of the client. For the client's actor
/// only.
/// </summary>
/// <param name="patience">The time without an answer until the next process is asked.</param>
/// <param name="registryAt">Makes the reference of the registry of a node.</param>
internal sealed class ClientQuestions(GroupFinder finder, TimeSpan patience, Func<Address, IActorRef> registryAt)
{
    // The pause after the first decline is this part of the patience. It doubles up to half of the patience.
    private const int FirstPausePart = 32;
    private const int Doublings = 4;

    private readonly Dictionary<IActorRef, ClientQuestion> _open = [];
    private bool _isClosed;

    public bool IsOpen => _open.Count > 0;

    /// <summary>A question to a process of the group is open.</summary>
    public bool NeedsGroup => _open.Values.Any(question => question.Node is null);

    public void Add(ClientQuestion question, IActorRef relay, TimeSpan now)
    {
        (question.Relay, question.Deadline, question.NextAt) = (relay, now + question.Timeout, now);
        _open.Add(relay, question);
        if (_isClosed)
        {
            Close();
            return;
        }

        Send(question, relay, now);
    }

    /// <summary>A reply came to the relay of a question. True: the question has ended.</summary>
    public bool Receive(IActorRef relay, object reply, TimeSpan now)
    {
        if (!_open.TryGetValue(relay, out var question))
        {
            return true;
        }

        if (ClientQuestion.WhyNot(reply) is { } why && question.MayRepeat)
        {
            (question.Why, question.NextAt) = (why, now + PauseAfter(++question.Declines));
            return false;
        }

        _open.Remove(relay);
        question.End(reply);
        return true;
    }

    /// <summary>The caller waits no more. Returns the relay of the question, if it was open.</summary>
    public IActorRef? Cancel(ClientQuestion question)
    {
        if (question.Relay is not { } relay || !_open.ContainsKey(relay))
        {
            return null;
        }

        End(relay, question, NotCommittedReason.Canceled, "The call was cancelled.");
        return relay;
    }

    /// <summary>Messages to a node were lost, and there is a connection now. Questions that went there are due again.</summary>
    public void OnLost(Address node, TimeSpan now)
    {
        foreach (var question in _open.Values.Where(question => question.MayRepeat && node.Equals(question.Asked)))
        {
            question.NextAt = now;
        }
    }

    /// <summary>Asks again where it is time. Returns the relays of the questions that have ended.</summary>
    public IReadOnlyList<IActorRef> OnTick(TimeSpan now)
    {
        List<IActorRef> ended = [];
        foreach (var (relay, question) in _open.ToArray())
        {
            if (question.Deadline <= now || question.Task.IsCompleted)
            {
                var why = question.Why ?? (question.Attempts > 0 ? "No process answered in time." : finder.WhyNoWay);
                End(relay, question, NotCommittedReason.NoLeader, why);
                ended.Add(relay);
            }
            else if (question.NextAt <= now && (question.MayRepeat || question.Attempts == 0))
            {
                Send(question, relay, now);
            }
        }

        return ended;
    }

    /// <summary>Ends all: the client is disposed.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var (relay, question) in _open.ToArray())
        {
            End(relay, question, NotCommittedReason.Closed, "The client was disposed.");
        }
    }

    // The first repeats go with the next tick, to other processes. Then the pauses double, so that thousands of clients do not load
    // processes that can answer none of them.
    private TimeSpan PauseAfter(int declines) => patience / (FirstPausePart >> Math.Min(declines - 1, Doublings));

    private void Send(ClientQuestion question, IActorRef relay, TimeSpan now)
    {
        var asked = question.Node is { } node
            ? registryAt(node)
            : finder.Find(question.To, question.Attempts, question.PrefersOwnNode);
        if (asked is not null)
        {
            (question.Asked, question.Attempts) = (asked.Path.Address, question.Attempts + 1);
            question.NextAt = now + patience;
            asked.Tell(question.ToCall(now), relay);
        }
    }

    private void End(IActorRef relay, ClientQuestion question, NotCommittedReason cause, string why)
    {
        _open.Remove(relay);
        question.End(cause, why);
    }
}
