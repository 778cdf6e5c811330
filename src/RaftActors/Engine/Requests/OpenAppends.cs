using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Telemetry;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open Appends of one process, of all lives of its actor and of clients. The engine notes the outcome of an Append before it tells the
/// actor, and the actor passes it to the caller after its callback. If no life will have that callback, the caller gets the noted outcome.
/// So each Append ends once. Thread-safe.
/// </summary>
internal sealed class OpenAppends(ProcessTelemetry telemetry)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RequestRef, Open> _open = [];
    private int _ofClients;
    private long _bytesOfClients;
    private bool _isActorGone;
    private bool _isEngineGone;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>The number of Appends of clients.</summary>
    public int CountOfClients => Volatile.Read(ref _ofClients);

    /// <summary>The bytes of the keys and values in the Appends of clients.</summary>
    public long BytesOfClients => Volatile.Read(ref _bytesOfClients);

    /// <param name="replyTo">Receives the outcome.</param>
    /// <param name="outcomes">Makes the outcomes of the actor that appends.</param>
    /// <param name="span">Ends with the Append. Null if its trace is not sampled.</param>
    /// <param name="sizeOfClient">The bytes of key and value of a client's Append. Null if the actor appends.</param>
    /// <param name="key">The key of the actor's Append. Null for several pairs, and for a client.</param>
    public void Add(
        RequestRef request,
        ICanTell? replyTo,
        OutcomeMaker outcomes,
        Activity? span = null,
        int? sizeOfClient = null,
        bool isOfReminder = false,
        string? key = null)
    {
        Open open = new(replyTo, outcomes, telemetry.Commits.Start(), span, sizeOfClient) { IsOfReminder = isOfReminder, Key = key };
        lock (_lock)
        {
            _open.Add(request, open);
            if (sizeOfClient is { } size)
            {
                _ofClients++;
                _bytesOfClients += size;
            }
        }
    }

    /// <summary>The key of an open Append of the actor, and whether HandleCancel is told of its failure.</summary>
    public (string? Key, bool IsTold) Describe(RequestRef request)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(request);
            return (open.Key, IsTold: open is { IsOfReminder: false, ReplyTo: not AwaitedOutcome });
        }
    }

    /// <summary>Ends the Append of a client here, because another process may give the outcome.</summary>
    public void EndOfClient(RequestRef request, object reply, IActorRef sender)
    {
        if (HasOfClient(request) && TryTake(request, out var ended))
        {
            ended.ReplyTo?.Tell(reply, sender);
        }
    }

    /// <summary>Does the same for all Appends of clients whose pairs are not known to be committed.</summary>
    public void EndOfClients(object reply, IActorRef sender)
    {
        RequestRef[] ended;
        lock (_lock)
        {
            ended = [.. _open.Where(each => each.Value is { IsOfClient: true, IsNoted: false }).Select(each => each.Key)];
        }

        foreach (var request in ended)
        {
            EndOfClient(request, reply, sender);
        }
    }

    public bool HasOfClient(RequestRef request)
    {
        if (CountOfClients == 0)
        {
            return false;
        }

        lock (_lock)
        {
            return _open.TryGetValue(request, out var open) && open.IsOfClient;
        }
    }

    /// <summary>
    /// A client has sent this Append again, perhaps by another connection. The answer goes to the callers of the two attempts that came
    /// last: an attempt that a follower passes on may come after a later one, and the client waits for the later one alone. Returns false
    /// if no client waits for the Append.
    /// </summary>
    public bool TryRedirect(RequestRef request, ICanTell client)
    {
        if (CountOfClients == 0)
        {
            return false;
        }

        lock (_lock)
        {
            ref var open = ref CollectionsMarshal.GetValueRefOrNullRef(_open, request);
            if (Unsafe.IsNullRef(ref open) || !open.IsOfClient)
            {
                return false;
            }

            open = open with { ReplyTo = TwoCallers.Of(open.ReplyTo!, client) }; // Justification: a client waits for an answer.
            return true;
        }
    }

    /// <summary>Gives the caller the result, unless the Append has ended before.</summary>
    public void Complete<TResult>(RequestRef request, Serial serial, TResult result, IActorRef sender)
    {
        if (TryTake(request, out var ended))
        {
            telemetry.OnAppended(failure: null);
            ended.ReplyTo?.Tell(new Outcome<TResult> { Serial = serial, Result = result, Request = request }, sender);
        }
    }

    /// <summary>Gives the caller the kept result, if there is one, unless the Append has ended before.</summary>
    /// <param name="kept">The results of the calling actor. Null from the engine, which may not read them.</param>
    public void Complete(RequestRef request, Serial serial, IActorRef sender, KeptResults? kept)
    {
        if (TryTake(request, out var ended))
        {
            telemetry.OnAppended(failure: null);
            ended.ReplyTo?.Tell(ended.Outcomes.Done(request, serial, kept), sender);
        }
    }

    /// <summary>Gives the caller the failure, unless the Append has ended before.</summary>
    public void Cancel(RequestRef request, RaftFailure failure, IActorRef sender)
    {
        if (TryTake(request, out var ended))
        {
            var outcome = ended.Outcomes.Cancelled(request, failure);
            telemetry.OnAppended(failure);
            ended.ReplyTo?.Tell(outcome, sender);
        }
    }

    /// <summary>Notes that the pair is committed. The first note of an Append stays.</summary>
    public void NoteCommitted(RequestRef request, Serial serial) =>
        telemetry.Commits.Stop(Note(request, serial, null));

    /// <summary>Notes that the Append failed. The first note of an Append stays.</summary>
    public void NoteCancelled(RequestRef request, RaftFailure failure) => Note(request, default, failure);

    /// <summary>Ends all noted Appends in their order, because no life of the actor will.</summary>
    public void EndNoted(IActorRef sender, KeptResults? kept = null) => EndWhere(open => open.IsNoted, sender, kept);

    /// <summary>Ends those with pairs up to this serial, which no life of the actor will receive.</summary>
    public void EndCommittedTo(Serial serial, IActorRef sender, KeptResults? kept = null) =>
        EndWhere(open => open.IsCommitted && open.Committed <= serial, sender, kept);

    /// <summary>The Appends whose pairs are committed.</summary>
    public IReadOnlyList<(RequestRef Request, Serial Serial)> Committed()
    {
        lock (_lock)
        {
            return [.. _open.Where(each => each.Value.IsCommitted).Select(each => (each.Key, each.Value.Committed))];
        }
    }

    /// <summary>Ends those that failed, because the mailbox that had the news of it is gone.</summary>
    public void EndCancelled(IActorRef sender) => EndWhere(open => open.Failure is not null, sender, kept: null);

    /// <summary>The process has an actor again.</summary>
    public void OnActorCame()
    {
        lock (_lock)
        {
            _isActorGone = false;
        }
    }

    /// <summary>The actor is gone. If the engine is gone too, all Appends end in their order.</summary>
    /// <param name="unread">The failure of Appends that the engine never read.</param>
    public void OnActorGone(RaftFailure unread, IActorRef sender, KeptResults? kept) =>
        OnGone(ref _isActorGone, unread, sender, kept);

    /// <summary>The engine is gone. If the actor is gone too, all Appends end in their order.</summary>
    /// <param name="unread">The failure of Appends that the engine never read.</param>
    public void OnEngineGone(RaftFailure unread, IActorRef sender) => OnGone(ref _isEngineGone, unread, sender, kept: null);

    private void OnGone(ref bool isGone, RaftFailure unread, IActorRef sender, KeptResults? kept)
    {
        lock (_lock)
        {
            isGone = true;
            if (!_isActorGone || !_isEngineGone)
            {
                return;
            }

            foreach (var request in _open.Keys)
            {
                NoteCancelled(request, unread);
            }
        }

        EndNoted(sender, kept);
    }

    private bool TryTake(RequestRef request, out Open ended)
    {
        bool isOpen;
        lock (_lock)
        {
            isOpen = _open.Remove(request, out ended);
            if (ended.SizeOfClient is { } size)
            {
                _ofClients--;
                _bytesOfClients -= size;
            }
        }

        Spans.End(ended.Span);
        return isOpen;
    }

    // Returns the time at which the Append was made, if this is its first note.
    private TimeSpan Note(RequestRef request, Serial committed, RaftFailure? failure)
    {
        lock (_lock)
        {
            ref var open = ref CollectionsMarshal.GetValueRefOrNullRef(_open, request);
            if (Unsafe.IsNullRef(ref open) || open.IsNoted)
            {
                return DurationMetric.NotMeasured;
            }

            open = open with { Committed = committed, Failure = failure };
            return open.MadeAt;
        }
    }

    private void EndWhere(Predicate<Open> isUnhandled, IActorRef sender, KeptResults? kept)
    {
        List<(RequestRef Request, Open Open)> ended = [];
        lock (_lock)
        {
            foreach (var (request, open) in _open)
            {
                if (isUnhandled(open))
                {
                    ended.Add((request, open));
                }
            }
        }

        foreach (var (request, open) in ended.OrderBy(each => each.Request.Number))
        {
            if (open.Failure is { } failure)
            {
                Cancel(request, failure, sender);
            }
            else
            {
                Complete(request, open.Committed, sender, kept);
            }
        }
    }

    private sealed record TwoCallers(ICanTell Former, ICanTell Latest) : ICanTell
    {
        public static ICanTell Of(ICanTell known, ICanTell latest) => known switch
        {
            TwoCallers two => two.Latest.Equals(latest) ? two with { Latest = latest } : new TwoCallers(two.Latest, latest),
            _ => known.Equals(latest) ? latest : new TwoCallers(known, latest),
        };

        public void Tell(object message, IActorRef sender)
        {
            Former.Tell(message, sender);
            Latest.Tell(message, sender);
        }
    }

    // Small, because a burst has many of them.
    private readonly record struct Open(
        ICanTell? ReplyTo, OutcomeMaker Outcomes, TimeSpan MadeAt, Activity? Span, int? SizeOfClient)
    {
        // At most one of Committed and Failure is set. No pair has the serial 0.
        public Serial Committed { get; init; }

        public RaftFailure? Failure { get; init; }

        public bool IsOfReminder { get; init; }

        public string? Key { get; init; }

        public bool IsCommitted => Committed != default;

        public bool IsNoted => IsCommitted || Failure is not null;

        public bool IsOfClient => SizeOfClient is not null;
    }
}
