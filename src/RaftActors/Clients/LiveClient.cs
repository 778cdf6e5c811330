using System.Collections.Immutable;
using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Network;
using RaftActors.Sessions;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>The client of programs; tests may have a scripted one.</summary>
internal sealed class LiveClient<TValue, TResult>(
    ClientSettings settings, ValueCodec<TValue> values, ValueCodec<object?> results, GroupCalls calls)
    : RaftClient<TValue, TResult>
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock = Machine.Current.Time;
    private volatile bool _isDisposed;

    public override string Group => settings.Group;

    public override ProcessName? Leader => calls.Leader;

    internal override ClientSettings Settings => settings;

    public GroupCalls Calls => calls;

    /// <param name="config">The whole configuration.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or a type has neither a codec nor a serializer.</exception>
    public static LiveClient<TValue, TResult> Make(
        RaftHost host,
        ICallNetwork network,
        Config config,
        string group,
        IReadOnlyList<string>? contacts,
        RaftCodec<TValue>? codec,
        RaftCodec<TResult>? resultCodec)
    {
        var values = new ValueCodec<TValue>(host, codec, "the argument codec of the client");
        values.DemandType("value");
        // A text needs no table of types, whose generic code is compiled at each start of a program.
        if (resultCodec is not null || (typeof(TResult) != typeof(string) && !ResultTypes.Of(host).Has(typeof(TResult))))
        {
            ResultTypes.Of(host).Declare(resultCodec);
        }

        var settings = ClientSettings.Read(config, group, contacts);
        return new LiveClient<TValue, TResult>(
            settings,
            values,
            new ValueCodec<object?>(host, codecPlace: null),
            new GroupCalls(settings, host, network));
    }

    public override Task<Outcome<TResult>> AppendAsync(
        string key,
        TValue value,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null,
        CancellationToken cancellationToken = default) =>
        AppendAsync(EncodedPairs.Of(key, value, values, settings.Limits), timeout, requestKey, ifSerial, cancellationToken);

    public override Task<Outcome<TResult>> AppendManyAsync(
        IReadOnlyCollection<(string Key, TValue Value)> pairs,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null,
        CancellationToken cancellationToken = default) =>
        AppendAsync(EncodedPairs.Of(pairs, values, settings.Limits), timeout, requestKey, ifSerial, cancellationToken);

    private Task<Outcome<TResult>> AppendAsync(
        EncodedPairs pairs, TimeSpan? timeout, RequestKey? requestKey, Serial? ifSerial, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ifSerial.GetValueOrDefault().Value, nameof(ifSerial));
        var hashedKey = requestKey is { } sent ? HashedKey.Of(sent) : null;
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromResult(
                RaftFailure.NotDone(FailureReason.Canceled, "The call was cancelled before the pair was sent.").ToOutcome<TResult>());
        }

        var span = Spans.BeginOfClient(Spans.Append, Group);
        ClientAppend<TResult> append = new(pairs, timeout ?? settings.Requests.AppendTimeout, span, hashedKey, ifSerial);
        if (!calls.TryBegin(append))
        {
            Spans.End(span);
            var busy = $"This client has {settings.PendingMax} open Appends (raft.client.pending-max). Append it again later.";
            return Task.FromResult(RaftFailure.NotDone(FailureReason.Busy, busy).ToOutcome<TResult>());
        }

        return cancellationToken.CanBeCanceled ? WaitAsync(append.Task, append, cancellationToken) : append.Task;
    }

    public override Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        object question,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        var (bytes, limit) = (results.Encode(question), timeout ?? settings.Requests.QueryTimeout);
        var span = Spans.BeginOfClient(Spans.Query, Group);
        return AskActorAsync<TAnswer>(bytes, limit, consistency ?? ReadConsistency.Linearizable, cancellationToken, span);
    }

    public override async Task<Outcome<Entry<TValue>?>> GetAsync(
        Serial serial, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, 1);
        var deadline = calls.Now + SessionAppend.Limit(timeout ?? settings.Requests.GetTimeout);
        var before = new Serial(serial.Value - 1);
        var read = await ReadAsync(before, 1, TimeSpan.Zero, Left(), cancellationToken).ConfigureAwait(false);
        if (read is { Failure: null, Result.Found.Length: 0 } && WhyCompacted(read.Result, before) is null)
        {
            // The process may lag, or be deposed. If the pair is committed, it arrives there, or at another process.
            var last = await AskCommittedAsync(Left(), cancellationToken).ConfigureAwait(false);
            if (last.Failure is { } unknown)
            {
                return unknown.ToOutcome<Entry<TValue>?>();
            }

            if (last.Serial < serial)
            {
                return new Outcome<Entry<TValue>?> { Serial = last.Serial, Result = null };
            }

            read = await ReadAsync(before, 1, settings.AttemptTimeout / 2, Left(), cancellationToken).ConfigureAwait(false);
        }

        var failure = read.Failure ?? WhyCompacted(read.Result, before)?.Failure ?? (read.Result.Found.Length > 0
            ? null
            : RaftFailure.NotDone(
                FailureReason.Unavailable, $"The process that was asked lacks serial {serial}. Ask another process, or check the serial."));
        return failure?.ToOutcome<Entry<TValue>?>()
            ?? new Outcome<Entry<TValue>?> { Serial = serial, Result = Decoded(read.Result.Found[0]) };

        TimeSpan Left() => deadline > calls.Now ? deadline - calls.Now : TimeSpan.Zero;
    }

    public override async IAsyncEnumerable<Entry<TValue>> SubscribeAsync(
        Serial after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var pair in PairsAsync(after, cancellationToken).ConfigureAwait(false))
        {
            yield return Decoded(pair);
        }
    }

    public override async IAsyncEnumerable<Entry<ReadOnlyMemory<byte>>> SubscribeToBytesAsync(
        Serial after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var pair in PairsAsync(after, cancellationToken).ConfigureAwait(false))
        {
            yield return new Entry<ReadOnlyMemory<byte>>(pair.Serial, pair.Key, pair.Value) { Time = pair.Time.ToDateTimeOffset() };
        }
    }

    private async IAsyncEnumerable<StoredPair> PairsAsync(Serial after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var pair in await ReadOnAsync(after, cancellationToken).ConfigureAwait(false))
            {
                yield return pair;
                after = pair.Serial;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        calls.Close();
        await calls.Stopped.ConfigureAwait(false);
    }

    private async Task<T> WaitAsync<T>(Task<T> ended, ICaller caller, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() => calls.Cancel(caller));
        return await ended.ConfigureAwait(false);
    }

    // Without an end: a subscription outlives any failure of the group. Some failures come at once, as from nodes of different settings.
    private async Task<ImmutableArray<StoredPair>> ReadOnAsync(Serial after, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            var (window, wait) = (settings.SubscriptionWindow, settings.AttemptTimeout / 2);
            var read = await ReadAsync(after, window, wait, settings.Requests.GetTimeout, cancellationToken, isSubscription: true)
                .ConfigureAwait(false);
            if (read.Failure is null)
            {
                return WhyCompacted(read.Result, after) is { } compacted ? throw compacted : read.Result.Found;
            }

            if (read.Failure.Reason == FailureReason.Unauthorized)
            {
                throw new RaftException(read.Failure);
            }

            ObjectDisposedException.ThrowIf(_isDisposed || calls.Stopped.IsCompleted, this);

            // Not Task.Delay: a cancelled one continues on the thread pool, outside of a simulation.
            await calls.Stopped.WaitAsync(GrowingPause.After(failures, PauseMin, PauseMax), _clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The process may have compacted pairs since it read them for the answer. They are delivered all the same, unless one is missing before
    // them.
    private static RaftException? WhyCompacted(ClientReply.Pairs answer, Serial after)
    {
        var first = answer.Found is [var pair, ..] ? pair.Serial : answer.Base > after ? answer.Base.Next : after.Next;
        return first == after.Next ? null : RaftException.Compacted(after.Next, first);
    }

    private Task<Outcome<ClientReply.Pairs>> ReadAsync(
        Serial after, int max, TimeSpan wait, TimeSpan timeout, CancellationToken cancellationToken, bool isSubscription = false) =>
        ReplyAsync<ClientReply.Pairs>(
            new ClientQuestion(timeout, new ClientCall.Read(after, max, wait)) { IsOfSubscription = isSubscription }, cancellationToken);

    private Entry<TValue> Decoded(StoredPair pair)
    {
        try
        {
            return new Entry<TValue>(pair.Serial, pair.Key, values.Decode(pair.Value)) { Time = pair.Time.ToDateTimeOffset() };
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything.
            throw UnreadablePairException.Of(pair.Serial, pair.Key, e);
        }
    }

    internal override ImmutableArray<ProcessName> Idle => Calls.Idle;

    internal override Task<ClientAnswer> AskAsync(ClientQuestion question, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromResult(
                new ClientAnswer(null, WasSent: false, FailureReason.Canceled, "The call was cancelled before it was sent."));
        }

        if (!calls.TryBegin(question))
        {
            var why = $"This client has {settings.PendingMax} open calls besides its Appends (raft.client.pending-max). "
                + "Call it again later.";
            return Task.FromResult(new ClientAnswer(null, WasSent: false, FailureReason.Busy, why));
        }

        return cancellationToken.CanBeCanceled ? WaitAsync(question.Task, question, cancellationToken) : question.Task;
    }
}
