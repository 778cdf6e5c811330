using System.Diagnostics;

using Akka.Actor;
using Akka.Dispatch;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Sessions;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors;

/// <summary>
/// One raft actor's access to its group. No member blocks: a call returns at once, and its result comes to a callback or to a
/// <c>replyTo</c>. The properties show what the callbacks have announced so far; see <see cref="Status"/> for the engine's view.
/// <para>
/// A call with a timeout fails after it. The timeout is rounded up to whole ticks
/// (<c>raft.tick-interval</c>). A <c>replyTo</c> receives exactly one message, even if this actor restarts or stops. The ref that a call
/// returns is in that message and in the callback. The forms that return a task end the same way, and only there: pipe the task to Self,
/// which is the next life of the actor after a restart. They throw in an <c>async</c> handler, which would wait for its own actor for ever.
/// </para>
/// <para>
/// Not thread-safe. Use it inside its actor only: in the constructor, in message handlers and in callbacks. A call from a task or a thread
/// throws an <see cref="InvalidOperationException"/>; pipe the result of the task to Self, and call from there.
/// </para>
/// <para>
/// While a pair or a snapshot is applied, which is in HandleAppend, HandleSerial and RestoreSnapshot, only the properties,
/// <see cref="Read"/> and <see cref="TakeSnapshot"/> may be used, and in HandleSerial also Get. The other calls throw: each process would
/// make them, and again with each replay.
/// </para>
/// </summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleAppend.</typeparam>
public sealed partial class RaftContext<TValue, TResult>
{
    private readonly ActorSystem _system;
    private readonly RaftProcess _process;
    private readonly DeliveryOrder _order;
    private readonly DeliveryTurns _turns;
    private readonly AppendCheck<TValue> _check;
    private readonly ValueCodec<TValue> _values;
    private readonly ValueCodec<object?> _questions;
    private readonly IActorRef _actor;

    // The calls of the constructor, in order. Null after the begin of the life.
    private List<(ToEngine Message, ICanTell? ReplyTo, object? Question)>? _early = [];

    internal RaftContext(
        ActorSystem system,
        RaftProcess process,
        DeliveryOrder order,
        DeliveryTurns turns,
        AppendCheck<TValue> check,
        LatestActor latest,
        ValueCodec<object?> questions)
    {
        (_system, _process, _order, _turns, _check, Latest, _questions) = (system, process, order, turns, check, latest, questions);
        (_values, _actor) = (check.Values, turns.Actor);
    }

    /// <summary>This process.</summary>
    public ProcessName Self => _process.Name;

    /// <summary>
    /// The highest serial that was delivered to this actor, or that it had at its start (<see cref="RaftOptions{TValue}.LastSerial"/>).
    /// Inside HandleAppend it is the serial of the entry.
    /// </summary>
    public Serial Serial => _order.Serial;

    /// <summary>
    /// The last serial that the store had when this process started. Pairs and snapshots up to it may have reached the actor of an earlier
    /// process. An actor that has effects outside, such as a line for an operator, can leave them out up to here.
    /// </summary>
    public Serial Recovered => _process.Found;

    /// <summary>
    /// The logic version of this actor's state: that of the latest pair, or that of HandleUpgrade if no pair came after it. In
    /// RestoreSnapshot it is the version of the restored state.
    /// </summary>
    public int LogicVersion => Latest.Results?.Logic ?? 1;

    /// <summary>The quorum. Null before it is built, and after it is lost: after two election timeouts of silence.</summary>
    public Quorum? Quorum => _order.Quorum;

    /// <summary>The leader. Null if none is known. Set on learners, too, although HandleLeader is called on quorum members only.</summary>
    public Leader? Leader => _order.Leader;

    /// <summary>The other processes that this process has met, by name.</summary>
    public IReadOnlyList<Peer> Peers => _order.Peers;

    /// <summary>
    /// The state of this process, as its engine has it: role, term, members, fence. It may be newer than the last callback.
    /// </summary>
    public RaftStatus Status => _process.Describe(_order.Complete, _actor);

    /// <summary>
    /// Appends a pair. Any process of the group may append. The Append ends once: in HandleAppend with the returned ref, or in
    /// HandleCancel. Without a leader it waits for one.
    /// <para>
    /// The engine sends the pair again until the group has it, and the group recognises an attempt that its log has. So one Append commits
    /// at most one pair. After <see cref="FailureKind.NotDone"/> a retry by the caller is safe. After
    /// <see cref="FailureKind.Unknown"/> it may append the pair twice.
    /// </para>
    /// <para>
    /// The Appends of one process are committed in the order of the calls while the leader stays, and its actor is not replaced by another
    /// one. On a learner, the quorum member that forwards them must stay in reach, too.
    /// </para>
    /// </summary>
    /// <param name="key">The key. Any text; keys need not be unique.</param>
    /// <param name="value">The value, which may be null. It is converted to bytes in this call.</param>
    /// <param name="timeout">The time until the commit. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="replyTo">
    /// Receives one <see cref="Outcome{TResult}"/> with the TResult of the actor. Often the Sender of the handled message. Null: no message
    /// is sent.
    /// </param>
    /// <param name="requestKey">
    /// Makes the Append safe to repeat. A repeat sends the outcome of the first call to <paramref name="replyTo"/>, and has no callback.
    /// </param>
    /// <param name="ifSerial">
    /// The pair is appended only if this is the last serial of the group, such as <see cref="Serial"/>: nothing was committed that this
    /// actor has not seen. Otherwise the Append ends as NotDone, with <see cref="FailureReason.Outdated"/>. Null: in any case.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The value has no codec, key and value together exceed <c>raft.pair-size-max</c>, or the request key has no text. Or a serial is
    /// negative.
    /// </exception>
    public RequestRef Append(
        string key,
        TValue value,
        TimeSpan? timeout = null,
        IActorRef? replyTo = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null)
    {
        DemandPlace(nameof(Append));
        return SendPair(key, value, timeout, replyTo, requestKey, ifSerial);
    }

    /// <summary>
    /// Appends a pair, as <see cref="Append"/> does, and returns the outcome as a task. HandleAppend is called as always, and HandleCancel
    /// is not.
    /// </summary>
    /// <param name="key">As of <see cref="Append"/>.</param>
    /// <param name="value">As of <see cref="Append"/>.</param>
    /// <param name="timeout">As of <see cref="Append"/>.</param>
    /// <param name="requestKey">As of <see cref="Append"/>.</param>
    /// <param name="ifSerial">As of <see cref="Append"/>.</param>
    /// <returns>
    /// A task that ends once, on any thread, also if this actor restarts or stops. Only that of a constructor that then throws does not
    /// end. Use it by <c>PipeTo(Self)</c>.
    /// </returns>
    /// <exception cref="ArgumentException">As of <see cref="Append"/>.</exception>
    /// <exception cref="InvalidOperationException">It was called in an <c>async</c> handler, or where Append may not be called.</exception>
    public Task<Outcome<TResult>> AppendAsync(
        string key, TValue value, TimeSpan? timeout = null, RequestKey? requestKey = null, Serial? ifSerial = null)
    {
        DemandPlaceOfTask(nameof(AppendAsync));
        AwaitedOutcome<TResult> ended = new();
        SendPair(key, value, timeout, ended, requestKey, ifSerial);
        return ended.Task;
    }

    private RequestRef SendPair(
        string key, TValue value, TimeSpan? timeout, ICanTell? replyTo, RequestKey? requestKey, Serial? ifSerial)
    {
        var pairs = EncodedPairs.Of(key, value, _values, _process.Settings.Limits);
        return Send(pairs, _check.FindRefusal(key, value), timeout, replyTo, requestKey, ifSerial);
    }

    /// <summary>
    /// Appends several pairs as one entry of the log: all of them are committed, or none. They have consecutive serials, and no callback
    /// sees the state between two of them, except in an actor that fetches pairs itself. The Append ends once: in the HandleAppend of its
    /// last pair, with the returned ref, or in HandleCancel.
    /// </summary>
    /// <param name="pairs">1 to 1,024 pairs, in their order.</param>
    /// <param name="timeout">As of <see cref="Append"/>.</param>
    /// <param name="replyTo">Receives one <see cref="Outcome{TResult}"/>, with the serial and the result of the last pair.</param>
    /// <param name="requestKey">As of <see cref="Append"/>, for the whole batch.</param>
    /// <param name="ifSerial">As of <see cref="Append"/>: the serial before the first pair.</param>
    /// <exception cref="ArgumentException">
    /// There are no pairs or too many, or together they exceed <c>raft.pair-size-max</c>. Or as of <see cref="Append"/>.
    /// </exception>
    public RequestRef AppendMany(
        IReadOnlyCollection<(string Key, TValue Value)> pairs,
        TimeSpan? timeout = null,
        IActorRef? replyTo = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null)
    {
        DemandPlace(nameof(AppendMany));
        return SendPairs(pairs, timeout, replyTo, requestKey, ifSerial);
    }

    /// <summary>
    /// Appends several pairs, as <see cref="AppendMany"/> does, and returns the outcome of the last one as <see cref="AppendAsync"/> does.
    /// </summary>
    /// <param name="pairs">As of <see cref="AppendMany"/>.</param>
    /// <param name="timeout">As of <see cref="Append"/>.</param>
    /// <param name="requestKey">As of <see cref="AppendMany"/>.</param>
    /// <param name="ifSerial">As of <see cref="AppendMany"/>.</param>
    /// <returns>As of <see cref="AppendAsync"/>.</returns>
    /// <exception cref="ArgumentException">As of <see cref="AppendMany"/>.</exception>
    /// <exception cref="InvalidOperationException">As of <see cref="AppendAsync"/>.</exception>
    public Task<Outcome<TResult>> AppendManyAsync(
        IReadOnlyCollection<(string Key, TValue Value)> pairs,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null)
    {
        DemandPlaceOfTask(nameof(AppendManyAsync));
        AwaitedOutcome<TResult> ended = new();
        SendPairs(pairs, timeout, ended, requestKey, ifSerial);
        return ended.Task;
    }

    private RequestRef SendPairs(
        IReadOnlyCollection<(string Key, TValue Value)> pairs,
        TimeSpan? timeout,
        ICanTell? replyTo,
        RequestKey? requestKey,
        Serial? ifSerial)
    {
        var encoded = EncodedPairs.Of(pairs, _values, _process.Settings.Limits);
        var refusal = pairs.Select(pair => _check.FindRefusal(pair.Key, pair.Value)).FirstOrDefault(each => each is not null);
        return Send(encoded, refusal, timeout, replyTo, requestKey, ifSerial);
    }

    private RequestRef Send(
        EncodedPairs pairs, RaftFailure? refusal, TimeSpan? timeout, ICanTell? replyTo, RequestKey? requestKey, Serial? ifSerial)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ifSerial.GetValueOrDefault().Value, nameof(ifSerial));
        var hashedKey = requestKey is { } sent ? HashedKey.Of(sent) : null;
        var request = _process.NewAppend();
        var span = Spans.Begin(Spans.Append, ActivityKind.Client, parent: default, _process.Telemetry.Tags);
        var limit = timeout ?? _process.Settings.Requests.AppendTimeout;
        Tell(
            new ToEngine.Append(request, pairs, limit, span) { RequestKey = hashedKey, IfSerial = ifSerial, Refusal = refusal }, replyTo);
        return request;
    }

    /// <summary>
    /// Fetches a committed pair, for an actor that overrides HandleMissing or HandleSerial. It comes from this process's own log if this
    /// life of the actor began with it, else from another process. The Get ends once: in HandleSerial with the returned ref, or in
    /// HandleCancel.
    /// <para>
    /// Until then HandleAppend does not deliver this pair. If delivery is in order, later pairs wait for it.
    /// </para>
    /// </summary>
    /// <param name="serial">The serial of the pair, 1 or more. If no process in reach has it, the Get ends as Unavailable.</param>
    /// <param name="timeout">The time until the answer. Null: <c>raft.get-timeout</c>, 5 s by default.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serial"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The actor overrides neither HandleMissing nor HandleSerial.</exception>
    public RequestRef Get(Serial serial, TimeSpan? timeout = null)
    {
        DemandPlace(nameof(Get));
        ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, 1);
        var pulled = DemandPulled();
        var request = _process.NewRequest();
        pulled.Asked(request, serial);
        Tell(new ToEngine.Get(request, serial, timeout ?? _process.Settings.Requests.GetTimeout));
        return request;
    }

    /// <summary>
    /// Fetches each pair of a range, in order, as by <see cref="Get(Serial, TimeSpan?)"/>. At most <c>raft.get-window</c> Gets are open
    /// at a time, 256 by default. HandleAppend delivers no pair of the range meanwhile.
    /// </summary>
    /// <param name="range">The serials to fetch.</param>
    /// <exception cref="InvalidOperationException">The actor overrides neither HandleMissing nor HandleSerial.</exception>
    public void Get(SerialRange range)
    {
        DemandPlace(nameof(Get));
        var pulled = DemandPulled();
        pulled.Reserve(range);
        GetReserved();
        if (pulled.HasOwnAnswer)
        {
            _turns.Ask();
        }
    }

    /// <summary>
    /// Returns a committed pair from this process's own log at once. Null if the pair is not known as committed here, or was discarded
    /// because a snapshot covers it. This is no linearizable read; see <see cref="Query"/>. A pair that left the memory
    /// (<c>raft.log-memory-max</c>) is read from the disk within this call, so the actor's next message waits for the disk. The engine
    /// does not.
    /// </summary>
    /// <param name="serial">The serial of the pair.</param>
    public Entry<TValue>? Read(Serial serial) => _process.Pairs.Read(serial) is { } pair ? ToEntry(pair, null) : null;

    /// <summary>
    /// Starts a read: HandleQuery of this actor answers the question. By default the read is linearizable (thesis §6.4): the state is never
    /// older than this call. Any process of the group may ask. It writes no entry to the log.
    /// <para>
    /// For a linearizable read the leader confirms its commit index by one round of messages to a majority. For
    /// <see cref="ReadConsistency.Lease"/> it needs none while it holds a lease. HandleQuery is called when this actor has received all
    /// pairs up to that index. Otherwise the Query ends in HandleCancel as <see cref="FailureReason.Unavailable"/>. A query changes
    /// nothing, so a retry is safe.
    /// </para>
    /// </summary>
    /// <param name="question">The argument of HandleQuery. It stays in this actor and is never converted to bytes.</param>
    /// <param name="timeout">
    /// The time until the confirmed index, or the serial asked for, is committed on this process. The delivery to a lagging actor may take
    /// longer. Null: <c>raft.query-timeout</c>, 5 s by default.
    /// </param>
    /// <param name="replyTo">Receives one <see cref="Outcome{TResult}"/> of object. Null: no message is sent.</param>
    /// <param name="consistency">How old the state may be. Null: <see cref="ReadConsistency.Linearizable"/>.</param>
    public RequestRef Query(
        object question, TimeSpan? timeout = null, IActorRef? replyTo = null, ReadConsistency? consistency = null)
    {
        DemandPlace(nameof(Query));
        return SendQuestion(question, timeout, replyTo, consistency);
    }

    /// <summary>
    /// Starts a read, as <see cref="Query"/> does, and returns the outcome as a task. HandleCancel is not called.
    /// </summary>
    /// <typeparam name="TAnswer">The type of the answer of HandleQuery.</typeparam>
    /// <param name="question">As of <see cref="Query"/>.</param>
    /// <param name="timeout">As of <see cref="Query"/>.</param>
    /// <param name="consistency">As of <see cref="Query"/>.</param>
    /// <returns>
    /// As of <see cref="AppendAsync"/>. The task fails with an <see cref="InvalidOperationException"/> if the answer is of another type.
    /// </returns>
    /// <exception cref="InvalidOperationException">As of <see cref="AppendAsync"/>.</exception>
    public Task<Outcome<TAnswer>> QueryAsync<TAnswer>(object question, TimeSpan? timeout = null, ReadConsistency? consistency = null)
    {
        DemandPlaceOfTask(nameof(QueryAsync));
        AwaitedOutcome<TAnswer> ended = new();
        SendQuestion(question, timeout, ended, consistency);
        return ended.Task;
    }

    /// <summary>Asks in the same way a question that names the type of its answer.</summary>
    /// <inheritdoc cref="QueryAsync{TAnswer}(object, TimeSpan?, ReadConsistency?)"/>
    public Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        IRaftQuestion<TAnswer> question, TimeSpan? timeout = null, ReadConsistency? consistency = null) =>
        QueryAsync<TAnswer>((object)question, timeout, consistency);

    private RequestRef SendQuestion(object question, TimeSpan? timeout, ICanTell? replyTo, ReadConsistency? consistency)
    {
        ArgumentNullException.ThrowIfNull(question);
        var request = _process.NewRequest();
        var limit = timeout ?? _process.Settings.Requests.QueryTimeout;
        Tell(new ToEngine.Query(request, limit, consistency ?? ReadConsistency.Linearizable), replyTo, question);
        return request;
    }

    /// <summary>
    /// Requests a snapshot of this actor's state, without regard to <c>raft.snapshot.after-entries</c> and <c>after-bytes</c>. A
    /// snapshot before a stop makes the next start fast. Without a commit since the last snapshot, the call does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The actor does not implement <see cref="IRaftSnapshot{TState}"/>.</exception>
    public void TakeSnapshot()
    {
        DemandInside(nameof(TakeSnapshot));
        if (!Latest.TakesSnapshots)
        {
            throw new InvalidOperationException(
                "TakeSnapshot needs an actor that implements IRaftSnapshot<TState>. Implement it, or do not call TakeSnapshot.");
        }

        Tell(new ToEngine.WantSnapshot());
    }

    internal LatestActor Latest { get; }

    /// <summary>The step of the delivery whose callback runs now.</summary>
    internal DeliveryStep? Running { get; set; }

    /// <summary>
    /// Makes the calls of the constructor. Before the life begins, another actor may be the process, or the start may fail, and the engine
    /// would wait for a life that never begins.
    /// </summary>
    internal void Begin()
    {
        var early = _early;
        _early = null;
        early?.ForEach(call => Tell(call.Message, call.ReplyTo, call.Question));
    }

    /// <summary>Ends the calls of the constructor if the life does not begin, because the engine never gets them.</summary>
    internal void FailEarly()
    {
        const string Why = "The actor did not start, so the call of its constructor was not made. Make it again after the start.";
        var early = _early ?? [];
        _early = null;
        foreach (var (message, replyTo, _) in early)
        {
            switch (message)
            {
                case ToEngine.Append append:
                    Spans.End(append.Span);
                    replyTo?.Tell(RaftFailure.NotDone(FailureReason.Stopped, Why).ToOutcome<TResult>(append.Request), _actor);
                    break;
                case ToEngine.Query query:
                    replyTo?.Tell(RaftFailure.NotDone(FailureReason.Unavailable, Why).ToOutcome<object?>(query.Request), _actor);
                    break;
            }
        }
    }

    /// <summary>Starts further Gets of the requested ranges, until the window is full.</summary>
    internal void GetReserved()
    {
        while (_order.Pulled?.NextReserved(_process.Settings.Requests.GetWindow) is { } serial)
        {
            Get(serial);
        }
    }

    /// <param name="request">In the entry only if this process made the Append.</param>
    /// <param name="epoch">Null except in HandleAppend and HandleSerial.</param>
    internal Entry<TValue> ToEntry(StoredPair pair, RequestRef? request, PairEpoch? epoch = null) => new(
        pair.Serial, pair.Key, _values.Decode(pair.Value), request is { } known && _process.IsOwn(known) ? known : null)
    {
        Time = pair.Time.ToDateTimeOffset(),
        Era = epoch?.Era ?? 0,
        LogicVersion = epoch?.Logic ?? 1,
        Client = ClientSession.ClientOf(pair.Request.GetValueOrDefault().Origin),
    };

    internal Proposal<TValue> ToProposal(RequestId request, string key, ReadOnlyMemory<byte> value) =>
        new(key, _values.Decode(value), request.Origin.Name);

    internal void Serve(ToActor.Serve serve, Func<Serial, Entry<TValue>?> handleGet)
    {
        StoredPair? answer = null;
        try
        {
            if (handleGet(serve.Serial) is { } entry)
            {
                // If the actor keeps pairs longer than the log, the entry has the time, and the request key no longer matters.
                var logged = _process.Pairs.Read(serve.Serial);
                var time = logged?.Time ?? LogTime.Of(entry.Time);
                answer = new StoredPair(serve.Serial, entry.Key, _values.Encode(entry.Value), time, IsKeyed: logged is { IsKeyed: true });
            }
        }
        finally
        {
            Tell(new ToEngine.Served(serve.Request, answer));
        }
    }

    /// <summary>Appends the pair of a reminder, which ends without a callback.</summary>
    internal RequestRef AppendReminder(string name, ReadOnlyMemory<byte> value)
    {
        var request = _process.NewAppend();
        var span = Spans.Begin(Spans.Append, ActivityKind.Client, parent: default, _process.Telemetry.Tags);
        var limit = _process.Settings.Requests.AppendTimeout;
        Tell(new ToEngine.Append(request, new EncodedPairs(name, value), limit, span) { IsOfReminder = true });
        return request;
    }

    /// <summary>
    /// Ends a call. Returns null if HandleCancel is not told: a client or a reminder made the call, so the actor's code does not know it,
    /// or the code has a task.
    /// </summary>
    internal CanceledCall? Abandon(DeliveryStep.Cancel cancel)
    {
        var (request, failure) = (cancel.Request, cancel.Failure);
        if (cancel.Serial is { } serial)
        {
            return new CanceledCall(CallKind.Get, request, failure) { Serial = serial };
        }

        if (_process.Queries.TryTake(request, out var query))
        {
            var why = failure == OpenQueries.Late && _process.Tries.HeldAt is { } held
                ? RaftFailure.NotDone(failure.Reason, $"{Self} does not reach the serial: {held} Ask another process.")
                : failure;
            query.Fail(why, _actor);
            return query is { IsOfClient: false, ReplyTo: not AwaitedOutcome }
                ? new CanceledCall(CallKind.Query, request, failure) { Question = query.Question }
                : null;
        }

        if (!cancel.IsAppend)
        {
            // The query has ended before.
            return null;
        }

        var (key, isTold) = _process.Appends.Describe(request);
        _process.Appends.Cancel(request, failure, _actor);
        return isTold ? new CanceledCall(CallKind.Append, request, failure) { Key = key } : null;
    }

    // Otherwise each process would make the call when it applies the pair, and again when it replays the log.
    private void DemandPlace(string call)
    {
        DemandInside(call);
        if (Running is { IsOfLog: true } && !(Running is DeliveryStep.Answer && call == nameof(Get)))
        {
            throw new InvalidOperationException(
                $"{call} was called in {Running.Callback} of {Self}. Each process of the group would make this call, and again at each "
                + "replay of the log. Call it in a message handler, or in HandleLeader where the leader alone is to make it.");
        }
    }

    // The handler would wait for an outcome that comes by the mailbox, which takes no message until the handler ends.
    private void DemandPlaceOfTask(string call)
    {
        DemandPlace(call);
        if (TaskScheduler.Current is ActorTaskScheduler)
        {
            throw new InvalidOperationException(
                $"{call} of {Self} was called in an async handler, which would wait for its own actor for ever. Call it in a handler that "
                + $"is not async and pipe the task to Self, or call {call[..^"Async".Length]} with Self as its replyTo.");
        }
    }

    private void DemandInside(string call)
    {
        if (!_actor.Equals(ThisThread.Actor))
        {
            throw new InvalidOperationException(
                $"{call} of {Self} was called outside of its actor: on another thread, in a task or in another actor. Send the actor a "
                + "message, or pipe the result of the task to Self, and call it in the handler.");
        }
    }

    private PulledPairs DemandPulled() => _order.Pulled ?? throw new InvalidOperationException(
        $"{Self} cannot Get a pair: its actor overrides neither HandleMissing nor HandleSerial, so HandleAppend delivers all pairs to it. "
        + "Override one of the two, or use Read for a pair of this process's log.");

    // Appends and Queries promise an outcome even if the actor restarts or stops, so the process notes them.
    private void Tell(ToEngine message, ICanTell? replyTo = null, object? question = null)
    {
        if (_early is { } early)
        {
            early.Add((message, replyTo, question));
            return;
        }

        switch (message)
        {
            case ToEngine.Append append:
                var key = append.Pairs.Count == 1 ? append.Pairs.Key : null;
                _process.Appends.Add(append.Request, replyTo, Latest.Outcomes, append.Span, isOfReminder: append.IsOfReminder, key: key);
                break;
            case ToEngine.Query query when question is not null:
                var span = BeginQuery(ActivityKind.Internal, parent: default);
                _process.Queries.Add(query.Request, question, query.Consistency, replyTo, span);
                break;
        }

        _process.Engine.Tell(message, _actor, _turns.Life);
    }

    // Derived, because Akka shows the actor of a thread only to actors.
    private abstract class ThisThread : ActorBase
    {
        /// <summary>The actor that runs on this thread.</summary>
        public static IActorRef? Actor
        {
            get
            {
                try
                {
                    return Context?.Self;
                }
                catch (NotSupportedException)
                {
                    return null;
                }
            }
        }
    }
}
