using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

using Akka.Actor;

using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Sessions;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors;

/// <summary>
/// Calls one group from outside of its actors: on a node of the group, on another node, or in a process that is no member. Thread-safe;
/// create one for the whole application with
/// <see cref="Raft.CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>. A program
/// without an actor system has a <see cref="RaftConnection"/> for it.
/// </summary>
public abstract class RaftClient : IAsyncDisposable
{
    private static readonly Lazy<ClientSettings> Scripted = new(() => ClientSettings.Read(SettingTable.OfRaft.Defaults, "scripted"));

    // ScriptedClient replaces a client in tests. So a later version may add a call without breaking a user's class.
    internal RaftClient()
    {
    }

    /// <summary>The name of the group.</summary>
    public abstract string Group { get; }

    /// <summary>The leader to which the client sends its calls, or to a process that follows it. Null: none is known now.</summary>
    public virtual ProcessName? Leader => null;

    /// <summary>Asks all known processes for their state.</summary>
    /// <param name="process">
    /// Asks only this process, and does not fail if it is silent. The problems are then those that it shows alone. Null: asks all.
    /// </param>
    /// <param name="timeout">
    /// The time until a process tells which others there are. Each of them then has as long, and at most
    /// <c>raft.client.attempt-timeout</c>, before it counts as silent. Null: <c>raft.query-timeout</c>, 5 s by default.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RaftException">No process of the group answered in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public virtual async Task<GroupStatus> StatusAsync(
        ProcessName? process = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var limit = SessionAppend.Limit(timeout ?? Settings.Requests.QueryTimeout);
        var attempt = limit < Settings.AttemptTimeout ? limit : Settings.AttemptTimeout;
        if (process is { } one)
        {
            return await LookAsync<RaftStatus>(one, new ClientCall.Status(), attempt, cancellationToken).ConfigureAwait(false) is { } own
                ? new GroupStatus(Group, [own], [])
                : new GroupStatus(Group, [], [one]);
        }

        var located = await DemandAsync<ClientReply.Located>(
            new ClientQuestion(limit, new ClientCall.Locate(Group)), cancellationToken).ConfigureAwait(false);
        var asked = located.Processes.Select(process => process.Name).Union(Idle).Order().Select(
            async name => (Name: name, Status: await LookAsync<RaftStatus>(name, new ClientCall.Status(), attempt, cancellationToken)
                .ConfigureAwait(false)));
        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        return new GroupStatus(
            Group,
            [.. answers.Select(answer => answer.Status).OfType<RaftStatus>()],
            [.. answers.Where(answer => answer.Status is null).Select(answer => answer.Name)]);
    }

    /// <summary>
    /// Describes one process's view of the group, as text for people. It names the voters and the reasons for them, unreachable
    /// processes, and obstacles to a Join. The leader knows most.
    /// </summary>
    /// <param name="process">The process to ask. Null: the leader, or any other process if the leader is silent.</param>
    /// <param name="timeout">The time until the answer. Null: <c>raft.query-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RaftException">The process did not answer in time, or is not known.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string> ExplainAsync(
        ProcessName? process = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ClientQuestion question = new(timeout ?? Settings.Requests.QueryTimeout, new ClientCall.Explain(), to: process);
        return (await DemandAsync<Outcome<string>>(question, cancellationToken).ConfigureAwait(false)).Result;
    }

    /// <summary>
    /// Adds a process to the group, as a learner. Start the new process with <c>raft.joining = on</c>, before or after this call. The
    /// client sends the call to one process and never again, because the group does not recognise a repeated change.
    /// <para>
    /// The leader promotes caught-up learners when the number of processes allows a larger quorum. Changes of voters use joint
    /// consensus (Raft §6, thesis §4.3), one change at a time.
    /// </para>
    /// </summary>
    /// <param name="name">The full name of the new process.</param>
    /// <param name="basedOn">
    /// The <see cref="Membership.Index"/> or <see cref="RaftStatus.MembersIndex"/> that the caller decided on. If the group has changed
    /// since, the call ends as NotDone, with <see cref="FailureReason.Outdated"/>. Null: it does not matter.
    /// </param>
    /// <param name="timeout">The time until the end. Null: <c>raft.change-timeout</c>, 10 s by default.</param>
    /// <param name="votes">
    /// False: the process never votes, and does not count for the size of the quorum, until it leaves. So a slow or distant node can serve
    /// reads without slowing Appends. The call ends as NotDone if the process is a member already.
    /// </param>
    /// <param name="cancellationToken">Ends the wait only, as in AppendAsync.</param>
    public Task<Outcome<Membership>> JoinAsync(
        ProcessName name,
        long? basedOn = null,
        TimeSpan? timeout = null,
        bool votes = true,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(new MemberChange.Join(name, votes), basedOn, timeout, cancellationToken);

    /// <summary>
    /// Removes a process from the group. If there is a fit learner, it takes the place of a removed voter. Do not remove a process that
    /// only restarts: it stays a member. Sent once, as by JoinAsync.
    /// </summary>
    /// <param name="name">The full name of the process to remove.</param>
    /// <param name="basedOn">As in <see cref="JoinAsync"/>.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.change-timeout</c>, 10 s by default.</param>
    /// <param name="incarnation">
    /// One of two <see cref="GroupMember.Incarnations"/> that the group has of this name. Only that one is removed, and the name stays in
    /// the group. If it still runs, it is refused as long as the other one answers. Null: every incarnation.
    /// </param>
    /// <param name="cancellationToken">Ends the wait only, as in AppendAsync.</param>
    public Task<Outcome<Membership>> LeaveAsync(
        ProcessName name,
        long? basedOn = null,
        TimeSpan? timeout = null,
        Incarnation? incarnation = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(new MemberChange.Leave(name, incarnation), basedOn, timeout, cancellationToken);

    /// <summary>
    /// Sets the largest number of voters of the group. The group keeps the number until the next call, whatever <c>raft.quorum.max</c> its
    /// processes have. Sent once, as by JoinAsync.
    /// <para>
    /// With a higher number the leader promotes caught-up learners. With a lower one, surplus voters become learners in the same change.
    /// The leader stays a voter, and so do those that answer and have the longest logs.
    /// </para>
    /// </summary>
    /// <param name="max">3, 5, 7, 9 or 11. The number that the group has already is allowed.</param>
    /// <param name="basedOn">As in <see cref="JoinAsync"/>.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.change-timeout</c>, 10 s by default.</param>
    /// <param name="cancellationToken">Ends the wait only, as in AppendAsync.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is not 3, 5, 7, 9 or 11.</exception>
    public Task<Outcome<Membership>> SetMaxQuorumAsync(
        int max, long? basedOn = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        QuorumSize.IsMaximum(max)
            ? ChangeAsync(new MemberChange.SetMaxQuorum(max), basedOn, timeout, cancellationToken)
            : throw new ArgumentOutOfRangeException(nameof(max), max, "The maximum of the quorum is 3, 5, 7, 9 or 11. Use one of them.");

    /// <summary>
    /// Raises the format level of the group, after all of its nodes run a program that reads it. Afterwards no node can go back to a
    /// program that does not. Sent once, as by JoinAsync. NotDone: a member does not answer, or its program does not read the
    /// level. Unknown: a process on the route has a program that does not know this call.
    /// </summary>
    /// <param name="level">
    /// Above <see cref="RaftStatus.FormatLevel"/>, and at most the <see cref="RaftStatus.FormatLevelMax"/> of each member.
    /// </param>
    /// <param name="basedOn">As in <see cref="JoinAsync"/>.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.change-timeout</c>, 10 s by default.</param>
    /// <param name="cancellationToken">Ends the wait only, as in AppendAsync.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not from 1 to 255.</exception>
    public Task<Outcome<Membership>> RaiseFormatLevelAsync(
        int level, long? basedOn = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        level is > 0 and <= byte.MaxValue
            ? ChangeAsync(new MemberChange.Raise((byte)level), basedOn, timeout, cancellationToken)
            : throw new ArgumentOutOfRangeException(nameof(level), level, "A format level is a number from 1 to 255.");

    /// <summary>
    /// Raises the logic version of the group, which its leader does by itself unless <c>raft.raise-logic-version</c> is off. Afterwards
    /// no node can go back to a program that lacks it. Sent once, as by JoinAsync. NotDone: a member does not answer, its program lacks
    /// the version, or its actor has not applied the log.
    /// </summary>
    /// <param name="version">
    /// Above <see cref="RaftStatus.LogicVersion"/>, and at most the <see cref="RaftStatus.LogicVersionMax"/> of each member.
    /// </param>
    /// <param name="basedOn">As in <see cref="JoinAsync"/>.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.change-timeout</c>, 10 s by default.</param>
    /// <param name="cancellationToken">Ends the wait only, as in AppendAsync.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="version"/> is below 1.</exception>
    public Task<Outcome<Membership>> RaiseLogicVersionAsync(
        int version, long? basedOn = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        version > 0
            ? ChangeAsync(new MemberChange.Raise(Logic: version), basedOn, timeout, cancellationToken)
            : throw new ArgumentOutOfRangeException(nameof(version), version, "Logic versions count from 1.");

    /// <summary>
    /// Transfers leadership to another process without an election timeout (thesis §3.10), for instance before a maintenance stop. Appends
    /// wait meanwhile, and go to the new leader. Sent once, as by JoinAsync.
    /// </summary>
    /// <param name="to">The new leader, a quorum member. Null: the best suited one, other than the current leader.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.change-timeout</c>, 10 s by default.</param>
    /// <param name="cancellationToken">Ends the wait only, as in AppendAsync.</param>
    public Task<Outcome<Membership>> TransferLeadershipAsync(
        ProcessName? to = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(new GroupChange.Transfer(to), timeout, cancellationToken);

    /// <summary>
    /// Asks a node for its processes, of all groups, and for the other nodes that it knows. Asks no process. A long list comes in pages.
    /// </summary>
    /// <param name="after">The last process of the page before; null: from the beginning.</param>
    /// <exception cref="RaftException">
    /// The node did not answer in time, or takes no connection, or the client needs the role reader.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal Task<ClientReply.ProcessList> ProcessesOfAsync(Address node, ProcessPlace? after, CancellationToken cancellationToken) =>
        DemandAsync<ClientReply.ProcessList>(
            new ClientQuestion(Settings.Requests.QueryTimeout, new ClientCall.ListProcesses(after))
            {
                Node = RaftAddress.WithoutSystem(node),
            },
            cancellationToken);

    /// <summary>
    /// Asks one process for the settings of its node that all nodes of the group should share. Also <c>version</c>: the versions of
    /// RaftActors and Akka.NET; <c>build</c>: another one after each change of the actor's assembly; <c>clock</c>: the time of day of the
    /// node, in the form "O".
    /// </summary>
    /// <param name="process">The process to ask.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null: it did not answer within <c>raft.client.attempt-timeout</c>, or is not known.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> SettingsAsync(
        ProcessName process, CancellationToken cancellationToken = default)
    {
        var told = await LookAsync<ClientReply.Description>(
            process, new ClientCall.Describe(), Settings.AttemptTimeout, cancellationToken).ConfigureAwait(false);
        return told is null ? null : new Dictionary<string, string>(
            told.Settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)), StringComparer.Ordinal)
        {
            ["version"] = told.Version,
            ["clock"] = told.Clock.ToString("O", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Asks one process for its latest events, at most 50 since its start, the oldest first.</summary>
    /// <param name="process">The process to ask.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Each event as text for people, with the time of day of its node. Null: the process did not answer within
    /// <c>raft.client.attempt-timeout</c>, or is not known.
    /// </returns>
    public async Task<IReadOnlyList<(DateTimeOffset At, string Text)>?> EventsAsync(
        ProcessName process, CancellationToken cancellationToken = default) =>
        (await LookAsync<ClientReply.Events>(process, new ClientCall.Events(), Settings.AttemptTimeout, cancellationToken)
            .ConfigureAwait(false))?.Latest;

    /// <summary>
    /// Streams committed pairs with their values as the log has them, for tools that do not know the types. Otherwise as
    /// <see cref="RaftClient{TValue, TResult}.SubscribeAsync"/>.
    /// </summary>
    /// <param name="after">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <exception cref="NotSupportedException">The client is a scripted one.</exception>
    public virtual IAsyncEnumerable<Entry<ReadOnlyMemory<byte>>> SubscribeToBytesAsync(
        Serial after, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This client has no log.");

    /// <summary>
    /// Writes the content of the group into a file: all that was committed when the call began, and perhaps more. The file has its name
    /// only when it is whole and synced. The group goes on meanwhile. With security the client needs the role operator.
    /// </summary>
    /// <param name="path">The file, which must not exist.</param>
    /// <param name="continues">
    /// The path of an earlier backup of the group, which the new one continues: it has only the pairs since. Null: the new one has
    /// everything.
    /// </param>
    /// <param name="process">The process whose store is read. Null: a follower that answers, or the leader if there is none.</param>
    /// <param name="timeout">The time until an answer to each part. Null: <c>raft.query-timeout</c>, 5 s by default.</param>
    /// <param name="progress">Gets the progress after each part. Called by any thread.</param>
    /// <param name="cancellationToken">Ends the call. There is no file then.</param>
    /// <exception cref="StoreException">The file exists or cannot be written, or the backup that it continues is damaged.</exception>
    /// <exception cref="RaftException">
    /// The process did not answer in time, has replaced its snapshot again and again, or has compacted the log since the backup that this
    /// one continues.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<RaftBackup> BackupAsync(
        string path,
        string? continues = null,
        ProcessName? process = null,
        TimeSpan? timeout = null,
        IProgress<(long Written, long? Snapshot)>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var limit = timeout ?? Settings.Requests.QueryTimeout;
        var last = (await AskCommittedAsync(limit, cancellationToken).ConfigureAwait(false)).OrThrow().Serial;
        var source = process ?? await BackupSourceAsync(limit, cancellationToken).ConfigureAwait(false);
        ClientBackup backup = new(
            new StoreOwner(Group, source),
            continues,
            progress,
            call => DemandAsync<ClientReply.BackupPart>(new ClientQuestion(limit, call, to: source), cancellationToken),
            cancellationToken);
        return await backup.TakeAsync(path, last).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks a process for a snapshot of its actor's state, without regard to <c>raft.snapshot.after-entries</c> and <c>after-bytes</c>.
    /// Returns when a snapshot is durable that covers all that the process knew to be committed. Without a commit since its latest
    /// snapshot, it returns at once. With security the client needs the role operator.
    /// </summary>
    /// <param name="process">The full name of the process.</param>
    /// <param name="timeout">
    /// The time until the end. The process goes on with the snapshot. Null: <c>raft.change-timeout</c>, 10 s by default.
    /// </param>
    /// <param name="cancellationToken">Ends the wait only.</param>
    /// <returns>The last serial that the snapshot covers.</returns>
    /// <exception cref="RaftException">
    /// The process did not answer in time, is not known or is fenced, its actor takes no snapshots, the snapshot could not be taken or
    /// saved, or the client does not have the role operator.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Serial> TakeSnapshotAsync(
        ProcessName process, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        (await SnapshotOfAsync(process, timeout, cancellationToken).ConfigureAwait(false)).Position.Serial;

    /// <summary>As <see cref="TakeSnapshotAsync"/>, with the place in the log and the size.</summary>
    internal Task<ClientReply.SnapshotTaken> SnapshotOfAsync(
        ProcessName process, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? Settings.Requests.ChangeTimeout;
        ClientQuestion question = new(limit, new ClientCall.TakeSnapshot(limit), to: process);
        return DemandAsync<ClientReply.SnapshotTaken>(question, cancellationToken);
    }

    /// <summary>
    /// Ends the client. Appends that were not sent end at once. Those that were sent have <c>raft.client.close-timeout</c> to end.
    /// </summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The timeouts of calls that name none, and the contacts.</summary>
    internal virtual ClientSettings Settings => Scripted.Value;

    /// <inheritdoc cref="GroupCalls.Idle"/>
    internal virtual ImmutableArray<ProcessName> Idle => [];

    /// <summary>
    /// Asks a process until it answers or the time is up. All calls but Appends go through this method. Without an override, as in
    /// ScriptedClient, there is no process to ask.
    /// </summary>
    internal virtual Task<ClientAnswer> AskAsync(ClientQuestion question, CancellationToken cancellationToken) => Task.FromResult(
        new ClientAnswer(null, WasSent: false, question.Silence, "A scripted client has no process to ask."));

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    private protected async Task<Outcome<TReply>> ReplyAsync<TReply>(ClientQuestion question, CancellationToken cancellationToken)
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
            null => RaftFailure.NotDone(
                answer.Cause, question.Node is null ? $"Group '{Group}' did not answer. {answer.Why}" : answer.Why).ToOutcome<TReply>(),
        };
    }

    // The parameters of the call are not in its state, which each query makes.
    private protected async Task<Outcome<TAnswer>> AskActorAsync<TAnswer>(
        ReadOnlyMemory<byte> question,
        TimeSpan timeout,
        ReadConsistency consistency,
        CancellationToken cancellationToken,
        Activity? span = null)
    {
        try
        {
            ClientQuestion asked = new(timeout, new ClientCall.Query(question, timeout, consistency, span?.Context))
            {
                PrefersOwnNode = consistency is not { NotBelow: null, MaxAge: null },
            };
            var reply = await ReplyAsync<Outcome<object?>>(asked, cancellationToken).ConfigureAwait(false);
            IOutcome answer = reply.Failure?.ToOutcome<object?>() ?? reply.Result;
            return answer is { HasResult: false, Failure: null } ? OutcomeFormat.Unsent.ToOutcome<TAnswer>() : answer.As<TAnswer>();
        }
        finally
        {
            Spans.End(span);
        }
    }

    // The answer to an empty question is the last committed serial. That of its state may be lower.
    private protected async Task<Outcome<bool>> AskCommittedAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = await AskActorAsync<long>(
            ReadOnlyMemory<byte>.Empty, timeout, ReadConsistency.Linearizable, cancellationToken).ConfigureAwait(false);
        return new Outcome<bool> { Failure = answer.Failure, Serial = new Serial(answer.ResultOr(0)) };
    }

    private async Task<TReply> DemandAsync<TReply>(ClientQuestion question, CancellationToken cancellationToken)
        where TReply : class =>
        (await ReplyAsync<TReply>(question, cancellationToken).ConfigureAwait(false)).Result;

    // Null: the process did not answer in time, or with something else.
    private async Task<TReply?> LookAsync<TReply>(
        ProcessName process, ClientCall call, TimeSpan timeout, CancellationToken cancellationToken)
        where TReply : class =>
        (await AskAsync(new ClientQuestion(timeout, call, to: process), cancellationToken).ConfigureAwait(false)).Reply as TReply;

    private Task<Outcome<Membership>> ChangeAsync(
        MemberChange change, long? basedOn, TimeSpan? timeout, CancellationToken cancellationToken) =>
        ChangeAsync(new GroupChange.Members(change, basedOn is { } index ? new LogIndex(index) : null), timeout, cancellationToken);

    private async Task<Outcome<Membership>> ChangeAsync(GroupChange change, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var limit = timeout ?? Settings.Requests.ChangeTimeout;
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

    // A follower, because the leader has most to do. The voter whose log goes farthest, because it need not catch up first.
    private async Task<ProcessName> BackupSourceAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var status = await StatusAsync(timeout: timeout, cancellationToken: cancellationToken).ConfigureAwait(false);
        return status.Processes
            .Where(process => process is { Failure: null, Fence: null, IsRemoved: false })
            .OrderBy(process => process.Role == RaftRole.Leader)
            .ThenByDescending(process => process.Members.Any(member => member.Name == process.Name && member.IsVoter))
            .ThenByDescending(process => process.Committed)
            .FirstOrDefault()?.Name
            ?? throw RaftException.Unavailable(
                $"No process of group '{Group}' can give a backup, because each is fenced, removed or has failed. Run 'raft explain'.");
    }
}

/// <inheritdoc/>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleAppend.</typeparam>
public abstract class RaftClient<TValue, TResult> : RaftClient
{
    internal RaftClient()
    {
    }

    /// <summary>
    /// Appends a pair. The task never fails for a reason of the group: it ends with an outcome. The calls of one thread are
    /// committed in their order while the leader stays.
    /// <para>
    /// The client sends the pair again until the deadline, to another process if one is silent. The group recognises a repeated attempt,
    /// so it appends the pair at most once. A second call appends a second pair, unless both have the same request key.
    /// </para>
    /// </summary>
    /// <param name="key">The key. Any text; keys need not be unique.</param>
    /// <param name="value">The value, which may be null. It is converted to bytes in this call.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.append-timeout</c>, 5 s by default.</param>
    /// <param name="requestKey">
    /// Makes the call safe to repeat, by any client. A repeat ends as the first call did, with its serial and its result. Null: the call is
    /// never repeated.
    /// </param>
    /// <param name="ifSerial">
    /// The pair is appended only if this is the last serial of the group, so that it gets the next one: nothing was committed that the
    /// caller has not seen. Otherwise the outcome is NotDone, with <see cref="FailureReason.Outdated"/>. The serial of a query's outcome is
    /// one to name, if the state that answered decides what to append. Null: in any case.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the wait only. The outcome is NotDone if the pair was not sent, and Unknown otherwise: a sent pair cannot be recalled.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The type of the value has no codec and no serializer, or key and value together exceed <c>raft.pair-size-max</c>. Or the request key
    /// has no text, a text has half a surrogate pair, or a serial is negative.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The pair is committed, and its result is of another type than <typeparamref name="TResult"/>.
    /// </exception>
    public abstract Task<Outcome<TResult>> AppendAsync(
        string key,
        TValue value,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends several pairs as one entry of the log: all of them are committed, or none. They have consecutive serials, and no query sees
    /// the state between two of them. The outcome has the serial and the result of the last pair. If HandleProposal discards one pair,
    /// none is appended.
    /// </summary>
    /// <param name="pairs">1 to 1,024 pairs, in their order. Together they are bounded by <c>raft.pair-size-max</c>, as one pair.</param>
    /// <param name="timeout">As of <see cref="AppendAsync"/>.</param>
    /// <param name="requestKey">As of <see cref="AppendAsync"/>, for the whole batch.</param>
    /// <param name="ifSerial">As of <see cref="AppendAsync"/>: the serial before the first pair.</param>
    /// <param name="cancellationToken">As of <see cref="AppendAsync"/>.</param>
    /// <exception cref="ArgumentException">
    /// There are no pairs or too many, or together they exceed <c>raft.pair-size-max</c>. Or as of <see cref="AppendAsync"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">As of <see cref="AppendAsync"/>.</exception>
    public abstract Task<Outcome<TResult>> AppendManyAsync(
        IReadOnlyCollection<(string Key, TValue Value)> pairs,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks HandleQuery of one process: the leader, or another one if the leader is silent. The client repeats the question until the
    /// deadline, so HandleQuery may see it more than once. The outcome has the last serial of the state that answered, which is a token for
    /// <see cref="ReadConsistency.NotOlderThan"/> and <see cref="SubscribeAsync"/>.
    /// </summary>
    /// <typeparam name="TAnswer">The type of the answer.</typeparam>
    /// <param name="question">
    /// The argument of HandleQuery. Its type and that of the answer need a type that RaftActors knows, or a serializer of Akka.
    /// </param>
    /// <param name="timeout">The time until the end. Null: <c>raft.query-timeout</c>, 5 s by default.</param>
    /// <param name="consistency">How old the state may be. Null: <see cref="ReadConsistency.Linearizable"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">
    /// The type of the question has no serializer, or its text has half a surrogate pair.
    /// </exception>
    /// <exception cref="InvalidOperationException">The answer is of another type.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        object question,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default);

    /// <summary>Asks in the same way a question that names the type of its answer.</summary>
    /// <inheritdoc cref="QueryAsync{TAnswer}(object, TimeSpan?, ReadConsistency?, CancellationToken)"/>
    public Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        IRaftQuestion<TAnswer> question,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default) =>
        QueryAsync<TAnswer>((object)question, timeout, consistency, cancellationToken);

    /// <summary>Fetches a committed pair from the log of a process.</summary>
    /// <param name="serial">The serial of the pair, 1 or more.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.get-timeout</c>, 5 s by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The pair. Null: a linearizable read found that it is not committed. It fails as <see cref="FailureReason.Compacted"/> if a snapshot
    /// covers it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serial"/> is below 1.</exception>
    /// <exception cref="InvalidDataException">The value cannot be read by this program.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract Task<Outcome<Entry<TValue>?>> GetAsync(
        Serial serial, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Streams the committed pairs after a serial: in order, without holes, each once in an enumeration. It goes on with another process if
    /// one is silent, and waits for the next pair without an end. At most <c>raft.client.subscription-window</c> pairs are fetched ahead of
    /// the reader.
    /// </summary>
    /// <param name="after">The last serial that the caller has. 0: from the first pair on.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="RaftException">The next pair was discarded, because a snapshot covers it.</exception>
    /// <exception cref="InvalidDataException">The value of the next pair cannot be read by this program.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract IAsyncEnumerable<Entry<TValue>> SubscribeAsync(Serial after, CancellationToken cancellationToken = default);
}
