using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>The client of programs; tests may have a scripted one.</summary>
/// <param name="owned">Disposed with the client.</param>
internal sealed class LiveClient<TValue, TResult>(
    ClientSettings settings,
    ValueCodec<TValue> values,
    ValueCodec<object?> results,
    GroupCalls calls,
    IDisposable? owned = null)
    : RaftClient<TValue, TResult>
{
    private volatile bool _isDisposed;

    public override string Group => settings.Group;

    public GroupCalls Calls => calls;

    /// <param name="config">The whole configuration.</param>
    /// <param name="owned">Disposed with the client.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or a type has neither a codec nor a serializer.</exception>
    public static LiveClient<TValue, TResult> Make(
        RaftHost host,
        ICallNetwork network,
        Config config,
        string? group,
        IReadOnlyList<string>? contacts,
        RaftCodec<TValue>? codec,
        RaftCodec<TResult>? resultCodec,
        IDisposable? owned = null)
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
            new GroupCalls(settings, host, network),
            owned);
    }

    public override Task<Outcome<TResult>> AppendAsync(
        string key,
        TValue value,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var (bytes, hashedKey) = (values.Encode(value), requestKey is { } sent ? HashedKey.Of(sent) : null);
        settings.Limits.DemandFits(key, bytes.Length);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromResult(
                RaftFailure.NotDone(FailureReason.Canceled, "The call was cancelled before the pair was sent.").ToOutcome<TResult>());
        }

        var span = Spans.BeginOfClient(Spans.Append, Group);
        ClientAppend<TResult> append = new(key, bytes, timeout ?? settings.Requests.AppendTimeout, span, hashedKey);
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
        return ReadAnswerAsync<TAnswer>(
            AskActorAsync(bytes, limit, consistency ?? ReadConsistency.Linearizable, cancellationToken, span), span);
    }

    public override async Task<Outcome<Entry<TValue>?>> GetAsync(
        Serial serial, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, 1);
        var deadline = calls.Now + SessionAppend.Limit(timeout ?? settings.Requests.GetTimeout);
        var before = new Serial(serial.Value - 1);
        var read = await ReadAsync(before, 1, TimeSpan.Zero, Left(), cancellationToken).ConfigureAwait(false);
        if (read is { Failure: null, Result.Found.Length: 0 } && read.Result.Base <= before)
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

        var failure = read.Failure ?? (read.Result.Base > before ? RaftException.Compacted(serial, read.Result.Base.Next).Failure
            : read.Result.Found.Length > 0 ? null
            : RaftFailure.NotDone(
                FailureReason.Unavailable, $"The process that was asked lacks serial {serial}. Ask another process, or check the serial."));
        return failure?.ToOutcome<Entry<TValue>?>()
            ?? new Outcome<Entry<TValue>?> { Serial = serial, Result = Decoded(read.Result.Found[0]) };

        TimeSpan Left() => deadline > calls.Now ? deadline - calls.Now : TimeSpan.Zero;
    }

    public override async IAsyncEnumerable<Entry<TValue>> SubscribeAsync(
        Serial after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var pair in SubscribeToBytesAsync(after, cancellationToken).ConfigureAwait(false))
        {
            yield return Decoded(pair);
        }
    }

    internal override async IAsyncEnumerable<StoredPair> SubscribeToBytesAsync(
        Serial after, [EnumeratorCancellation] CancellationToken cancellationToken)
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

    public override async Task<GroupStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        var located = await DemandAsync<ClientReply.Located>(
            new ClientQuestion(settings.Requests.QueryTimeout, new ClientCall.Locate(Group)), cancellationToken)
            .ConfigureAwait(false);
        var asked = located.Processes.Select(process => process.Name).Order().Select(
            async name => (Name: name, Status: await StatusOfAsync(name, cancellationToken).ConfigureAwait(false)));
        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        return new GroupStatus(
            Group,
            [.. answers.Select(answer => answer.Status).OfType<RaftStatus>()],
            [.. answers.Where(answer => answer.Status is null).Select(answer => answer.Name)]);
    }

    internal override Task<RaftStatus?> StatusOfAsync(ProcessName process, CancellationToken cancellationToken) =>
        LookAsync<RaftStatus>(process, new ClientCall.Status(), cancellationToken);

    internal override Task<ClientReply.Description?> DescriptionOfAsync(ProcessName process, CancellationToken cancellationToken) =>
        LookAsync<ClientReply.Description>(process, new ClientCall.Describe(), cancellationToken);

    internal override ImmutableArray<Address> ContactNodes => settings.Contacts;

    internal override async Task<ClientReply.ProcessList> ProcessesOfAsync(
        Address node, ProcessPlace? after, CancellationToken cancellationToken)
    {
        var question = new ClientQuestion(settings.Requests.QueryTimeout, new ClientCall.ListProcesses(after))
        {
            Node = CustomAddress.WithoutSystem(node),
        };
        var answer = await AskAsync(question, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return answer.Reply switch
        {
            ClientReply.ProcessList list => list,
            ClientReply.Failed(var failure) => throw new RaftException(failure),
            _ => throw RaftException.Unavailable(answer.Why),
        };
    }

    public override async Task<string> ExplainAsync(ProcessName? process = null, CancellationToken cancellationToken = default)
    {
        var question = new ClientQuestion(settings.Requests.QueryTimeout, new ClientCall.Explain(), to: process);
        return (await DemandAsync<Outcome<string>>(question, cancellationToken).ConfigureAwait(false)).Result;
    }

    public override async Task<RaftBackup> BackupAsync(
        string path,
        string? continues = null,
        ProcessName? process = null,
        TimeSpan? timeout = null,
        IProgress<RaftBackupProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var limit = timeout ?? settings.Requests.QueryTimeout;
        var last = (await AskCommittedAsync(limit, cancellationToken).ConfigureAwait(false)).OrThrow().Serial;
        var source = process ?? await BackupSourceAsync(cancellationToken).ConfigureAwait(false);
        ClientBackup backup = new(
            new StoreOwner(Group, source),
            continues,
            progress,
            call => DemandAsync<ClientReply.BackupPart>(new ClientQuestion(limit, call, to: source), cancellationToken),
            cancellationToken);
        return await backup.TakeAsync(path, last).ConfigureAwait(false);
    }

    // A follower, because the leader has most to do. The voter whose log goes farthest, because it need not catch up first.
    private async Task<ProcessName> BackupSourceAsync(CancellationToken cancellationToken)
    {
        var status = await StatusAsync(cancellationToken).ConfigureAwait(false);
        return status.Processes
            .Where(process => process is { Failure: null, Fence: null, IsRemoved: false })
            .OrderBy(process => process.Role == RaftRole.Leader)
            .ThenByDescending(process => process.Members.Any(member => member.Name == process.Name && member.IsVoter))
            .ThenByDescending(process => process.Committed)
            .FirstOrDefault()?.Name
            ?? throw RaftException.Unavailable(
                $"No process of group '{Group}' can give a backup, because each is fenced, removed or has failed. Run 'raft explain'.");
    }

    internal override Task<ClientReply.SnapshotTaken> SnapshotOfAsync(
        ProcessName process, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? settings.Requests.ChangeTimeout;
        ClientQuestion question = new(limit, new ClientCall.TakeSnapshot(limit), to: process);
        return DemandAsync<ClientReply.SnapshotTaken>(question, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        calls.Close();
        await calls.Stopped.ConfigureAwait(false);
        owned?.Dispose();
    }

    private async Task<T> WaitAsync<T>(Task<T> ended, ICaller caller, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() => calls.Cancel(caller));
        return await ended.ConfigureAwait(false);
    }

    private async Task<Outcome<object?>> AskActorAsync(
        ReadOnlyMemory<byte> question,
        TimeSpan timeout,
        ReadConsistency consistency,
        CancellationToken cancellationToken,
        Activity? span = null)
    {
        ClientCall.Query call = new(question, timeout, consistency, span?.Context);
        ClientQuestion asked = new(timeout, call) { PrefersOwnNode = consistency.NotBelow is not null };
        var reply = await ReplyAsync<Outcome<object?>>(asked, cancellationToken).ConfigureAwait(false);
        return reply.Failure?.ToOutcome<object?>() ?? reply.Result;
    }

    // The answer to an empty question is the last committed serial. That of its state may be lower.
    private async Task<Outcome<bool>> AskCommittedAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = await ReadAnswerAsync<long>(
            AskActorAsync(ReadOnlyMemory<byte>.Empty, timeout, ReadConsistency.Linearizable, cancellationToken), span: null)
            .ConfigureAwait(false);
        return new Outcome<bool> { Failure = answer.Failure, Serial = new Serial(answer.ResultOr(0)) };
    }

    // The parameters of the call are not in its state, which each query makes.
    private static async Task<Outcome<TAnswer>> ReadAnswerAsync<TAnswer>(Task<Outcome<object?>> asked, Activity? span)
    {
        try
        {
            IOutcome answer = await asked.ConfigureAwait(false);
            return answer is { HasResult: false, Failure: null } ? OutcomeFormat.Unsent.ToOutcome<TAnswer>() : answer.As<TAnswer>();
        }
        finally
        {
            Spans.End(span);
        }
    }

    // Without an end: a subscription outlives any failure of the group.
    private async Task<ImmutableArray<StoredPair>> ReadOnAsync(Serial after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (window, wait) = (settings.SubscriptionWindow, settings.AttemptTimeout / 2);
            var read = await ReadAsync(after, window, wait, settings.Requests.GetTimeout, cancellationToken, isSubscription: true)
                .ConfigureAwait(false);
            if (read.Failure is null)
            {
                return read.Result.Base > after
                    ? throw RaftException.Compacted(after.Next, read.Result.Base.Next)
                    : read.Result.Found;
            }

            if (read.Failure.Reason == FailureReason.Unauthorized)
            {
                throw new RaftException(read.Failure);
            }

            ObjectDisposedException.ThrowIf(_isDisposed || calls.Stopped.IsCompleted, this);
        }
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

    internal override async Task<Outcome<Membership>> ChangeAsync(
        GroupChange change, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? settings.Requests.ChangeTimeout;
        ClientQuestion question = new(limit, new ClientCall.Change(change, limit), mayRepeat: false);
        var answer = await AskAsync(question, cancellationToken).ConfigureAwait(false);
        if (answer.Reply is IOutcome outcome)
        {
            return outcome.As<Membership>();
        }

        var failure = answer.Reply is ClientReply.Failed failed ? failed.Failure
            : !answer.WasSent ? RaftFailure.NotDone(answer.Cause, answer.Why)
            : RaftFailure.Unknown(answer.Cause is FailureReason.Canceled or FailureReason.Closed ? answer.Cause : FailureReason.TimedOut);
        return failure.ToOutcome<Membership>();
    }

    /// <returns>Null: the process did not answer in time, or with something else.</returns>
    private async Task<TReply?> LookAsync<TReply>(ProcessName process, ClientCall call, CancellationToken cancellationToken)
        where TReply : class =>
        (await AskAsync(new ClientQuestion(settings.AttemptTimeout, call, to: process), cancellationToken).ConfigureAwait(false))
            .Reply as TReply;

    private async Task<TReply> DemandAsync<TReply>(ClientQuestion question, CancellationToken cancellationToken)
        where TReply : class =>
        (await ReplyAsync<TReply>(question, cancellationToken).ConfigureAwait(false)).Result;

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    private async Task<Outcome<TReply>> ReplyAsync<TReply>(ClientQuestion question, CancellationToken cancellationToken)
        where TReply : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = await AskAsync(question, cancellationToken).ConfigureAwait(false);
        return answer.Reply switch
        {
            TReply reply => new Outcome<TReply> { Result = reply },
            ClientReply.Failed(var failure) => failure.ToOutcome<TReply>(),
            _ when cancellationToken.IsCancellationRequested => throw new OperationCanceledException(answer.Why, cancellationToken),
            { } other => RaftFailure.NotDone(
                FailureReason.Invalid,
                $"Group '{Group}' answered with {other.GetType().Name}, which is no answer to this call. Use one version of RaftActors on "
                    + "both sides.").ToOutcome<TReply>(),
            null => RaftFailure.NotDone(answer.Cause, $"Group '{Group}' did not answer. {answer.Why}").ToOutcome<TReply>(),
        };
    }

    private Task<ClientAnswer> AskAsync(ClientQuestion question, CancellationToken cancellationToken)
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
