using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>
/// The Appends of one process that have not ended for their askers, whichever life of the actor made them. The actor ends one when it has
/// handled the pair or the cancellation. The engine notes the outcome before it tells the actor, and ends the noted ones that no life will
/// handle. So each ends once. Thread-safe.
/// </summary>
internal sealed class OpenAppends
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RequestRef, Open> _open = [];

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _open.Count == 0;
            }
        }
    }

    /// <param name="replyTo">Null: nobody waits for the outcome.</param>
    public void Add(RequestRef request, IActorRef? replyTo)
    {
        lock (_lock)
        {
            _open.Add(request, new Open(replyTo, null));
        }
    }

    /// <summary>Tells the asker, unless the Append has ended before.</summary>
    public void End(RequestRef request, AppendOutcome outcome, IActorRef sender)
    {
        Open? ended;
        lock (_lock)
        {
            _open.Remove(request, out ended);
        }

        ended?.ReplyTo?.Tell(outcome, sender);
    }

    /// <summary>The group decided on the Append, and a life of the actor is about to be told. The first outcome stays.</summary>
    public void Note(RequestRef request, AppendOutcome outcome)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(request, out var open))
            {
                _open[request] = open with { Noted = open.Noted ?? outcome };
            }
        }
    }

    /// <summary>Ends those with such a noted outcome: no life of the actor will handle it.</summary>
    public void EndNoted(Predicate<AppendOutcome> isUnhandled, IActorRef sender)
    {
        List<(RequestRef Request, AppendOutcome Outcome)> ended = [];
        lock (_lock)
        {
            foreach (var (request, open) in _open)
            {
                if (open.Noted is { } noted && isUnhandled(noted))
                {
                    ended.Add((request, noted));
                }
            }
        }

        ended.ForEach(each => End(each.Request, each.Outcome, sender));
    }

    /// <summary>Ends all: as noted, or as not committed, since the engine has stopped and never read them.</summary>
    public void EndAll(CancelReason.NotCommitted unread, IActorRef sender)
    {
        RequestRef[] open;
        lock (_lock)
        {
            open = [.. _open.Keys];
        }

        foreach (var request in open)
        {
            Note(request, new AppendOutcome.Cancelled(request, unread));
        }

        EndNoted(_ => true, sender);
    }

    private sealed record Open(IActorRef? ReplyTo, AppendOutcome? Noted);
}
