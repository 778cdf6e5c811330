using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Telemetry;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The Appends of one process whose askers wait for the outcome, whichever life of the actor made them. The engine notes how one ended
/// before it tells the actor. The actor ends it after its callback. If no life will make that callback, the noted outcome is told. So each
/// Append ends once. Thread-safe.
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

    /// <summary>The number of those that clients made.</summary>
    public int CountOfClients => Volatile.Read(ref _ofClients);

    /// <summary>The bytes of the keys and values of those that clients made.</summary>
    public long BytesOfClients => Volatile.Read(ref _bytesOfClients);

    /// <param name="replyTo">The asker; null: the outcome is not told.</param>
    /// <param name="outcomes">Makes the outcomes of the actor that appends.</param>
    /// <param name="span">Ends with the Append; null: its trace is not sampled.</param>
    /// <param name="sizeOfClient">The bytes of key and value, if a client appends; null: the actor does.</param>
    /// <param name="isOfReminder">No caller made it.</param>
    public void Add(
        RequestRef request,
        ICanTell? replyTo,
        OutcomeMaker outcomes,
        Activity? span = null,
        int? sizeOfClient = null,
        bool isOfReminder = false)
    {
        Open open = new(replyTo, outcomes, telemetry.Commits.Start(), span, sizeOfClient) { IsOfReminder = isOfReminder };
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

    /// <summary>The Append was not made by a caller, but for a reminder.</summary>
    public bool IsOfReminder(RequestRef request)
    {
        lock (_lock)
        {
            return _open.TryGetValue(request, out var open) && open.IsOfReminder;
        }
    }

    /// <summary>Ends the Append of a client without an outcome: another process may have one.</summary>
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

    /// <summary>A client waits for this Append.</summary>
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

    /// <summary>A client has sent this Append again, perhaps by another connection. False: no client waits for it.</summary>
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

            open = open with { ReplyTo = client };
            return true;
        }
    }

    /// <summary>Tells the asker the result, unless the Append has ended before.</summary>
    public void Complete<TResult>(RequestRef request, Serial serial, TResult result, IActorRef sender)
    {
        if (TryTake(request, out var ended))
        {
            telemetry.Appends.OnDone();
            ended.ReplyTo?.Tell(new Outcome<TResult> { Serial = serial, Result = result, Request = request }, sender);
        }
    }

    /// <summary>
    /// Tells the asker that the pair is committed, with the result that is kept, or without one, unless the Append has ended before.
    /// </summary>
    /// <param name="kept">The results of the actor that calls. Null: the engine calls, and may not read them.</param>
    public void Complete(RequestRef request, Serial serial, IActorRef sender, KeptResults? kept)
    {
        if (TryTake(request, out var ended))
        {
            telemetry.Appends.OnDone();
            ended.ReplyTo?.Tell(ended.Outcomes.Done(request, serial, kept), sender);
        }
    }

    /// <summary>Tells the asker the failure, unless the Append has ended before.</summary>
    public void Cancel(RequestRef request, RaftFailure failure, IActorRef sender)
    {
        if (TryTake(request, out var ended))
        {
            var outcome = ended.Outcomes.Cancelled(request, failure);
            telemetry.Appends.OnCancelled(failure);
            ended.ReplyTo?.Tell(outcome, sender);
        }
    }

    /// <summary>The pair is committed under this serial. The first note stays.</summary>
    public void NoteCommitted(RequestRef request, Serial serial) =>
        telemetry.Commits.Stop(Note(request, serial, null));

    /// <summary>The Append failed. The first note stays.</summary>
    public void NoteCancelled(RequestRef request, RaftFailure failure) => Note(request, default, failure);

    /// <summary>Ends all with a note, in the order made: no life of the actor will.</summary>
    public void EndNoted(IActorRef sender, KeptResults? kept = null) => EndWhere(open => open.IsNoted, sender, kept);

    /// <summary>Ends those whose pair is committed up to this serial: it is not delivered to any life of the actor.</summary>
    public void EndCommittedTo(Serial serial, IActorRef sender, KeptResults? kept = null) =>
        EndWhere(open => open.IsCommitted && open.Committed <= serial, sender, kept);

    /// <summary>Those whose pair is committed, with its serial.</summary>
    public IReadOnlyList<(RequestRef Request, Serial Serial)> Committed()
    {
        lock (_lock)
        {
            return [.. _open.Where(each => each.Value.IsCommitted).Select(each => (each.Key, each.Value.Committed))];
        }
    }

    /// <summary>Ends those that failed: the actor's mailbox, which held the news, is gone.</summary>
    public void EndCancelled(IActorRef sender) => EndWhere(open => open.Failure is not null, sender, kept: null);

    /// <summary>An actor became the process.</summary>
    public void OnActorCame()
    {
        lock (_lock)
        {
            _isActorGone = false;
        }
    }

    /// <summary>The actor is gone. If the engine is gone too, all end, in the order made.</summary>
    /// <param name="unread">The reason of those that the engine never read.</param>
    public void OnActorGone(RaftFailure unread, IActorRef sender, KeptResults? kept) =>
        OnGone(ref _isActorGone, unread, sender, kept);

    /// <summary>The engine is gone. If the actor is gone too, all end, in the order made.</summary>
    /// <param name="unread">The reason of those that the engine never read.</param>
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

    // Returns the time of the call, if this is the first note.
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

    // A burst holds many, so it is small.
    private readonly record struct Open(
        ICanTell? ReplyTo, OutcomeMaker Outcomes, TimeSpan MadeAt, Activity? Span, int? SizeOfClient)
    {
        // At most one of Committed and Failure is set. No pair has the serial 0.
        public Serial Committed { get; init; }

        public RaftFailure? Failure { get; init; }

        public bool IsOfReminder { get; init; }

        public bool IsCommitted => Committed != default;

        public bool IsNoted => IsCommitted || Failure is not null;

        public bool IsOfClient => SizeOfClient is not null;
    }
}
