using System.Diagnostics;
using System.Runtime.InteropServices;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Delivery;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The pairs that processes of the group send to this one as the leader. If it does not lead, it refuses them. Otherwise the actor may
/// validate a pair, and Core gets it. The origin finds the new entry in its own log, so it gets a reply only if there is no new entry.
/// <para>
/// Accepted pairs are proposed together, because one write and one message for many pairs cost little more than for one. The engine sends
/// itself a message, and then proposes all pairs that its mailbox had before. No proposal waits for another one to be committed, so a pair
/// is in the write that follows the one under way, and waits for no third.
/// </para>
/// </summary>
internal sealed class LeaderProposals(EngineContext context, AppendTraces traces) : IEnginePart
{
    private readonly Dictionary<RequestId, Open> _open = [];
    private readonly List<Open> _accepted = [];
    private readonly RefusedAppends _refused = new(Machine.Current.Time, context.Process.Settings.Timing.ElectionTimeoutMax);

    // Those whose answer is certain once an index is committed: with the serial of a repeated one, or null for one that was overtaken.
    private readonly PriorityQueue<(Open Open, Serial? Serial), LogIndex> _answered = new();
    private long _arrivals;
    private long _bytes;
    private bool _hasTurnComing;

    // True after Core has refused a proposal because of a transfer. The next tick proposes all waiting pairs again, because to propose all
    // of them in each turn would cost the square of their number.
    private bool _isHandingOver;

    /// <summary>The pairs that are not in the log yet.</summary>
    public int Count => _open.Count;

    public bool HasRequests => Count > 0;

    private IEnumerable<Open> InOrderOfArrival => _open.Values.OrderBy(open => open.Arrival);

    public void Submit(IAppendRequest request, IAppendOrigin origin)
    {
        if (context.Leads && context.HasActor && _refused.TryPass(request.Request))
        {
            TakeIn(new Open(request, origin, ++_arrivals, context.DeadlineAfter(request.Timeout)));
        }
        else
        {
            if (context.Leads && !context.HasActor)
            {
                OnRefused(request, FailureReason.Stopped);
            }

            // Refused rather than forwarded, because a stopping node would lose a forwarded request. The origin sends it again.
            origin.Receive(AppendReply.Refused(request.Request));
        }
    }

    /// <summary>
    /// This process leads and refuses an Append. It remembers one that its origin sends again: each that finds no actor, and a retry for
    /// which there is no room now.
    /// </summary>
    public void OnRefused(IAppendRequest request, FailureReason reason)
    {
        if (reason == FailureReason.Stopped || (request.IsRetry && reason is FailureReason.Busy or FailureReason.DiskFull))
        {
            _refused.Add(request.Request);
        }
    }

    /// <inheritdoc cref="RefusedAppends.TryPass"/>
    public bool TryPass(RequestId request) => _refused.TryPass(request);

    public void OnValidated(ToEngine.Validated validated)
    {
        if (!_open.TryGetValue(validated.Request, out var open) || open.IsAccepted)
        {
            return;
        }

        if (validated.Fault is { } reason)
        {
            // The pair of another call with this key may have been appended while the actor validated.
            if (open.RequestKey is { } key && context.Core.Find(validated.Request, key.Hash) is { } found)
            {
                Remove(validated.Request);
                AnswerAt(found.Index, open, found.Serial);
                return;
            }

            End(validated.Request, NotDone(validated.Request, FailureReason.Discarded, reason));
            return;
        }

        Accept(open);
    }

    public void OnTurn()
    {
        _hasTurnComing = false;
        Propose();
    }

    /// <summary>Proposes the pairs again that Core refused because of a transfer.</summary>
    public void OnTick()
    {
        _isHandingOver = false;
        Propose();
    }

    public void OnAccepted(Effect.Accepted accepted)
    {
        foreach (var entry in accepted.Entries)
        {
            if (entry.Request is { } request)
            {
                Remove(request);
            }
        }
    }

    /// <summary>The log already has the request. The origin is answered when its index is committed.</summary>
    public void OnRepeated(Effect.Repeated repeated)
    {
        if (Remove(repeated.Request) is { } open)
        {
            AnswerAt(repeated.Index, open, repeated.Serial);
        }
    }

    /// <summary>The log has gone on behind the serial that the pair names.</summary>
    public void OnOvertaken(Effect.Overtaken overtaken)
    {
        if (Remove(overtaken.Request) is { } open)
        {
            AnswerAt(overtaken.Index, open, serial: null);
        }
    }

    public void OnRejected(Effect.Rejected rejected)
    {
        if (rejected.Reason is not { } reason)
        {
            // A transfer ends soon. If this process still leads then, it proposes these pairs first, in their order. Otherwise it refuses
            // them, and their origins send them to the new leader.
            _accepted.AddRange(rejected.Pairs.Select(pair => _open[RequestOf(pair)]));
            _isHandingOver = true;
            return;
        }

        foreach (var pair in rejected.Pairs)
        {
            var request = RequestOf(pair);
            if (_open.TryGetValue(request, out var open))
            {
                OnRefused(open.Request, reason == FailureReason.Outdated ? FailureReason.Busy : reason);
                End(request, ToReply(open.Request, reason));
            }
        }
    }

    public void OnCommitMoved()
    {
        while (_answered.TryPeek(out var due, out var index) && index <= context.Commit)
        {
            _answered.Dequeue();
            _bytes -= due.Open.Size;
            var failure = due.Serial is null ? Overtaken(due.Open.Request) : null;
            due.Open.Origin.Receive(new AppendReply(due.Open.Request.Request, due.Serial, failure));
        }
    }

    /// <summary>Shows the new life of the actor the pairs that the life before it did not validate.</summary>
    public void OnAttached(Serial last)
    {
        foreach (var open in InOrderOfArrival.Where(open => !open.IsAccepted).ToArray())
        {
            Show(open);
        }
    }

    /// <summary>This process no longer leads. No open pair was written, and a repeated request may still be overwritten.</summary>
    public void OnDeposed()
    {
        RefuseAll();
        _refused.Clear();
        foreach (var ((open, serial), _) in _answered.UnorderedItems)
        {
            // A retry or a repeated key may be sent again, because the next leader finds it in its log or appends the pair. One that was
            // overtaken is in no log, and may not be overtaken in that of the next leader.
            var request = open.Request.Request;
            var isSafe = open.Request.IsRetry || open.RequestKey is not null || serial is null;
            open.Origin.Receive(isSafe ? AppendReply.Refused(request) : Forgotten(request));
            _bytes -= open.Size;
        }

        _answered.Clear();
    }

    /// <summary>Refuses all open pairs, none of which was written, because no actor can validate them.</summary>
    public void RefuseAll()
    {
        _accepted.Clear();
        foreach (var open in InOrderOfArrival.ToArray())
        {
            OnRefused(open.Request, FailureReason.Stopped);
            End(open.Request.Request, AppendReply.Refused(open.Request.Request));
        }
    }

    private static RequestId RequestOf(Payload.Pair pair) =>
        pair.Request ?? throw new UnreachableException("Every pair that is proposed here bears its request.");

    private static AppendReply NotDone(RequestId request, FailureReason reason, string detail) =>
        AppendReply.Cancelled(request, RaftFailure.NotDone(reason, detail));

    private static AppendReply Forgotten(RequestId request) =>
        AppendReply.Cancelled(request, RaftFailure.Unknown(FailureReason.Forgotten));

    private static RaftFailure Overtaken(IAppendRequest request) => RaftFailure.NotDone(
        FailureReason.Outdated, $"The group has pairs behind serial {request.IfSerial}. Read them, and decide anew.");

    private static AppendReply ToReply(IAppendRequest request, FailureReason reason) => reason switch
    {
        FailureReason.NoLeader => AppendReply.Refused(request.Request),
        FailureReason.Outdated => NotDone(
            request.Request,
            FailureReason.Busy,
            $"The log of this leader ends before serial {request.IfSerial}. Read the state, and decide anew."),
        FailureReason.Busy => NotDone(
            request.Request, reason, "The leader has too many uncommitted bytes (raft.uncommitted-size-max); append it again later."),
        FailureReason.DiskFull => NotDone(
            request.Request,
            reason,
            "The leader's disk is nearly full (raft.store.free-space-floor); make room on it, or transfer the leadership."),
        FailureReason.Forgotten => Forgotten(request.Request),
        _ => throw new UnreachableException(),
    };

    // The bytes are bounded, because pairs wait in memory for their validation. A single pair may be larger.
    private void TakeIn(Open open)
    {
        var request = open.Request.Request;
        if (_open.ContainsKey(request))
        {
            return;
        }

        if (_bytes > 0 && _bytes + open.Size > context.Process.Settings.Limits.UncommittedSizeMaxBytes)
        {
            var detail = "The leader has too many bytes of proposals to validate (raft.uncommitted-size-max); append it again later.";
            OnRefused(open.Request, FailureReason.Busy);
            open.Origin.Receive(NotDone(request, FailureReason.Busy, detail));
        }
        else if (!context.ValidatesProposals)
        {
            Add(open);
            Accept(open);
        }
        else if (context.Core.Find(request, open.RequestKey?.Hash) is { } found)
        {
            AnswerAt(found.Index, open, found.Serial);
        }
        else
        {
            Add(open);
            Show(open);
        }
    }

    private void Accept(Open open)
    {
        open.IsAccepted = true;
        _accepted.Add(open);
        if (!_hasTurnComing)
        {
            _hasTurnComing = true;
            context.Self.Tell(ToEngine.ProposeTurn.Instance, context.Self);
        }
    }

    private void Propose()
    {
        if (_accepted.Count == 0 || _isHandingOver)
        {
            return;
        }

        Open[] accepted = [.. _accepted];
        _accepted.Clear();
        var now = LogTime.Of(Machine.Current.Time.GetUtcNow());
        for (var first = 0; first < accepted.Length;)
        {
            if (accepted[first].Deadline <= context.Now)
            {
                var late = accepted[first].Request.Request;
                OnRefused(accepted[first++].Request, FailureReason.Busy);
                End(late, NotDone(late, FailureReason.Busy, "Its time was up before the leader could append it."));
                continue;
            }

            // Core may have refused an earlier one of this origin meanwhile.
            var request = accepted[first].Request.Request;
            if (!_refused.TryPass(request))
            {
                End(request, AppendReply.Refused(request));
                first++;
                continue;
            }

            // Retries and first attempts are separate inputs of Core. The order stays.
            var end = first + 1;
            while (end < accepted.Length
                && accepted[end].Request.IsRetry == accepted[first].Request.IsRetry
                && accepted[end].Deadline > context.Now
                && _refused.TryPass(accepted[end].Request.Request))
            {
                end++;
            }

            context.Step(ToInput(accepted.AsSpan(first..end), now));
            first = end;
        }
    }

    private Input.Propose ToInput(ReadOnlySpan<Open> run, LogTime now)
    {
        var pairs = new Payload.Pair[run.Length];
        Serial?[]? since = null;
        Serial?[]? ifSerial = null;
        var started = run[0].Request.IsRetry ? new Serial[run.Length] : [];
        for (var place = 0; place < run.Length; place++)
        {
            pairs[place] = run[place].ToPair(context.Process.Store.Values);
            if (run[place].RequestKey?.Since is { } known)
            {
                (since ??= new Serial?[run.Length])[place] = known;
            }

            if (run[place].Request.IfSerial is { } last)
            {
                (ifSerial ??= new Serial?[run.Length])[place] = last;
            }

            if (started.Length > 0)
            {
                started[place] = run[place].Request.Started;
            }
        }

        return new Input.Propose(ImmutableCollectionsMarshal.AsImmutableArray(pairs), run[0].Request.IsRetry)
        {
            Since = ImmutableCollectionsMarshal.AsImmutableArray(since ?? []),
            Started = ImmutableCollectionsMarshal.AsImmutableArray(started),
            IfSerial = ImmutableCollectionsMarshal.AsImmutableArray(ifSerial ?? []),
            Now = now,
        };
    }

    // The actor of the life before may have validated proposals, although this one does not.
    private void Show(Open open)
    {
        if (context.ValidatesProposals)
        {
            var (request, key, value, count) = (open.Request.Request, open.Request.Key, open.Request.Value, open.Request.Count);
            context.TellActor(new ToActor.Validate(context.Life, request, key, value, count));
        }
        else
        {
            Accept(open);
        }
    }

    // A repeat that waits for the commit of its first attempt counts in the bound, because its origin may repeat it at will.
    private void AnswerAt(LogIndex index, Open open, Serial? serial)
    {
        _answered.Enqueue((open, serial), index);
        _bytes += open.Size;
        OnCommitMoved();
    }

    private void End(RequestId request, AppendReply reply)
    {
        if (Remove(request) is { } open)
        {
            open.Origin.Receive(reply);
        }
    }

    private void Add(Open open)
    {
        _open.Add(open.Request.Request, open);
        _bytes += open.Size;
        traces.BeginProposal(open.Request.Request);
    }

    private Open? Remove(RequestId request)
    {
        if (_open.Remove(request, out var open))
        {
            _bytes -= open.Size;
        }

        return open;
    }

    /// <param name="Deadline">Nobody waits for it afterwards.</param>
    private sealed record Open(IAppendRequest Request, IAppendOrigin Origin, long Arrival, long Deadline)
    {
        // Roughly the memory for one pair here and in the actor's mailbox, besides its key and value.
        private const int OverheadBytes = 64;

        // A pair is validated at most once.
        public bool IsAccepted { get; set; }

        public int Size => OverheadBytes + (3 * Request.Key.Length) + Request.Value.Length;

        public HashedKey? RequestKey => Request.RequestKey;

        public Payload.Pair ToPair(ValueSlab values)
        {
            var value = values.Hold(Request.Value);
            return RequestKey is { } key
                ? new Payload.KeyedPair(key.Hash, Request.Request, Request.Key, value) { Count = Request.Count }
                : new Payload.Pair(Request.Request, Request.Key, value) { Count = Request.Count };
        }
    }
}
