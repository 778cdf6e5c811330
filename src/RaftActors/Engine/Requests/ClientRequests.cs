using System.Diagnostics;

using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Network;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The calls of clients, which may be anywhere. Each call is checked, and then handled as the same call of the actor is. A client that
/// vanishes costs nothing but its open calls, each until its timeout: at most <see cref="MaxAppends"/> Appends, as many bytes as a leader
/// takes before a commit, <see cref="MaxChanges"/> changes of the group, <see cref="OpenQueries.MaxOfClients"/> queries, as many questions
/// that a slow actor has not taken, <see cref="MaxWaiting"/> reads that wait for a pair, and <see cref="SnapshotCalls.MaxWaiting"/> calls
/// that wait for a snapshot.
/// </summary>
internal sealed class ClientRequests(EngineContext context)
{
    /// <summary>The maximum number of open Appends of all clients.</summary>
    public const int MaxAppends = 16_384;

    /// <summary>
    /// The maximum number of open changes and transfers. Far more than operators ask at a time: the group makes one after the other.
    /// </summary>
    public const int MaxChanges = 256;

    // The maximum number of pairs in one reply, and roughly the bytes of a pair without its key and value.
    private const int MaxPairs = 1024;
    private const int OverheadBytes = 16;

    /// <summary>The maximum number of reads that wait for the next pair. Others are declined.</summary>
    public const int MaxWaiting = 1024;

    // Reads that wait for the pair after their serial.
    private readonly OpenRequests<Waiting> _waiting = new();
    private long _reads;

    /// <summary>Reads wait for a pair.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    private RaftProcess Process => context.Process;

    /// <summary>The commit index moved.</summary>
    public void OnCommitted()
    {
        foreach (var waiting in _waiting.InOrder.Where(waiting => waiting.Read.After < Process.Pairs.CommittedSerial))
        {
            _waiting.Remove(waiting.Number);
            Answer(waiting.Read, waiting.Client);
        }
    }

    public void OnTick()
    {
        while (_waiting.TryTakeDue(context.Now, out var waiting))
        {
            Answer(waiting.Read, waiting.Client);
        }
    }

    public void Submit(ClientCall call, ICanTell client)
    {
        switch (call)
        {
            case ClientCall.Locate:
                client.Tell(Locate(), context.Self);
                break;
            case ClientCall.Append append:
                Submit(append, client);
                break;
            case ClientCall.Query when !context.HasActor:
                Decline(client, $"{Process.Name} has no actor now");
                break;
            case ClientCall.Query query:
                Ask(query, client);
                break;
            case ClientCall.Status:
                // Not the actor: it may be slow or restart, and its process counts in majorities all the same.
                client.Tell(Process.Describe(Process.Delivered, context.Actor), context.Self);
                break;
            case ClientCall.Read read:
                Submit(read, client);
                break;
            case ClientCall.Change change:
                Submit(change, client);
                break;
            case ClientCall.Backup backup:
                context.Backups.Submit(backup, client);
                break;
            case ClientCall.TakeSnapshot snapshot:
                context.SnapshotCalls.Submit(snapshot, client);
                break;
            case ClientCall.Describe:
                client.Tell(ProcessDescription.Of(Process.Settings), context.Self);
                break;
            case ClientCall.Explain:
                client.Tell(new Explanation(Process.ToRef(0), EngineExplanation.Of(context)), context.Self);
                break;
        }
    }

    private void Ask(ClientCall.Query query, ICanTell client)
    {
        var untaken = context.Untaken;
        if (untaken.HasRoom(Process.Settings.Limits.UncommittedSizeMaxBytes))
        {
            untaken.Add(query.Question.Length);
            ReadableQuery readable = new(Process.NewRequest(), new ClientQuery(query, client, untaken));
            context.Queries.Submit(readable, query.Timeout, query.Consistency);
        }
        else
        {
            Decline(client, $"The actor of {Process.Name} has not taken {untaken.Count} questions, which are {untaken.Bytes} bytes");
        }
    }

    private void Submit(ClientCall.Change change, ICanTell client)
    {
        var request = Process.NewRequest();
        if (context.Changes.Count >= MaxChanges)
        {
            client.Tell(
                new Outcome<Membership>.NotCommitted(
                    NotCommittedReason.Busy, $"{Process.Name} has {MaxChanges} open changes. Ask again later.", request),
                context.Self);
            return;
        }

        context.Changes.Submit(new ToEngine.Change(request, change.What, change.Timeout, client));
    }

    private void Submit(ClientCall.Read read, ICanTell client)
    {
        if (read.After < Process.Pairs.CommittedSerial || read.Wait == TimeSpan.Zero)
        {
            Answer(read, client);
            return;
        }

        if (_waiting.Count >= MaxWaiting)
        {
            Decline(client, $"{Process.Name} has {MaxWaiting} reads that wait for the next pair");
            return;
        }

        _waiting.Add(++_reads, new Waiting(_reads, read, client), context.DeadlineAfter(read.Wait));
    }

    /// <summary>
    /// Tells a client that this process cannot answer now. An answer without content would make the client ask again at once. A declined
    /// one tries another process, and then waits.
    /// </summary>
    /// <param name="why">A sentence without its period.</param>
    public void Decline(ICanTell client, string why) => client.Tell(new ClientReply.Declined($"{why}."), context.Self);

    private void Answer(ClientCall.Read read, ICanTell client)
    {
        if (!context.Pairs.TryReadAfter(read.After, Math.Min(read.Max, MaxPairs), found => Answer(found.Span, client)))
        {
            Decline(client, $"{Process.Name} has {PairReads.MaxWaiting} reads that wait for its store");
        }
    }

    // A reply must fit into a frame of the transport, as a batch of the engines does. One pair of any size fits.
    private void Answer(ReadOnlySpan<StoredPair> found, ICanTell client)
    {
        var (end, bytes) = (0, 0L);
        while (end < found.Length && (end == 0 || bytes + SizeOf(found[end]) <= Process.Settings.Limits.PairSizeMaxBytes))
        {
            bytes += SizeOf(found[end++]);
        }

        client.Tell(new ClientReply.Pairs([.. found[..end]], Process.Pairs.Base), context.Self);
    }

    private static long SizeOf(StoredPair pair) => OverheadBytes + (3 * pair.Key.Length) + pair.Value.Length;

    private ClientReply.Located Locate()
    {
        var (process, own) = (Process, context.Network.Address);
        List<ProcessAddress> all = [new(process.Name, own)];
        foreach (var name in context.Peers.Names.Order())
        {
            if (context.Peers.FindServing(name) is { } engine)
            {
                all.Add(new(name, engine.Path.Address is { HasGlobalScope: true } node ? node : own));
            }
        }

        var (leader, uid) = (context.Leader, context.Core.Configuration.Group);
        return new ClientReply.Located(process.Settings.Group, process.Name, leader?.Leader.Name, leader?.Term ?? default, [.. all], uid);
    }

    private void Submit(ClientCall.Append call, ICanTell client)
    {
        var request = RequestRef.Of(call.Request);
        context.Traces.Receive(call);
        if (Process.Appends.TryRedirect(request, client))
        {
            return;
        }

        if (context.Leader is not { IsSelf: true })
        {
            PassOn(call, client);
        }
        else if (FindObstacle(call) is { } obstacle)
        {
            client.Tell(new Outcome<object?>.NotCommitted(obstacle.Reason, obstacle.Detail, request), context.Self);
        }
        else
        {
            var actor = Process.Actor ?? throw new UnreachableException("A process without an actor was refused before.");
            Process.Appends.Add(request, client, actor.Outcomes, sizeOfClient: (3 * call.Key.Length) + call.Value.Length);
            context.Proposals.Submit(
                new WireMessage.AppendRequest(call.Request, call.Key, call.Value, call.IsRetry, call.RequestKey), context.Self);
        }
    }

    /// <summary>The answer of this process's own proposals to the Append of a client.</summary>
    public void Receive(AppendReply reply)
    {
        var request = RequestRef.Of(reply.Request);
        switch (reply)
        {
            case AppendReply.Refused:
                Process.Appends.EndOfClient(request, NotLeading(mayBeWritten: false), context.Self);
                break;
            case AppendReply.Cancelled cancelled:
                context.CancelAppend(request, cancelled.Reason);
                break;
            case AppendReply.Committed committed:
                context.EndRepeated(request, committed.Serial);
                break;
        }
    }

    /// <summary>This process no longer leads. The next leader tells whether the log has the pairs.</summary>
    public void OnDeposed() => Process.Appends.EndOfClients(NotLeading(mayBeWritten: true), context.Self);

    /// <summary>The engine has stopped.</summary>
    public void OnStopped() => OnDeposed();

    private ClientReply.NotLeading NotLeading(bool mayBeWritten) => context.Leader is { IsSelf: false } leader
        ? new(leader.Leader.Name, leader.Term, mayBeWritten)
        : new(null, default, mayBeWritten);

    // The client may not reach the leader, where this process does. It asks this one only then, or because it does not know the leader yet.
    // The answer goes through this node without a trace in this process.
    private void PassOn(ClientCall.Append call, ICanTell client)
    {
        if (client is RemoteCaller remote
            && context.Leader is { } leader
            && context.Peers.FindServing(leader.Leader.Name) is ConnectionRef { Connection: var connection } engine
            && context.Network.Calls.TryForward(remote, new CallTarget(Process.Settings.Group, leader.Leader.Name), call, connection.Level)
                is { } forwarded)
        {
            context.Outbox.Send(engine, forwarded);
        }
        else
        {
            client.Tell(NotLeading(mayBeWritten: false), context.Self);
        }
    }

    private CancelReason.NotCommitted? FindObstacle(ClientCall.Append call)
    {
        var (process, limits) = (Process, Process.Settings.Limits);
        if (context.Stopping.IsStopping)
        {
            return StopPreparation.NodeStops;
        }

        if (!context.HasActor || process.Actor is not { } actor)
        {
            return new(NotCommittedReason.Stopped, $"{process.Name} has no actor now. Append the pair on another node.");
        }

        // A repeat must not hear that its pair is not committed while the log has it.
        bool IsInLog() => context.Find(call.Request, call.RequestKey?.Hash) is not null;
        if (context.Hold.Refusal is { } refusal && !IsInLog())
        {
            return refusal;
        }

        if (process.Appends.CountOfClients >= MaxAppends || process.Appends.BytesOfClients >= limits.UncommittedSizeMaxBytes)
        {
            return new(NotCommittedReason.Busy, $"{process.Name} has too many open Appends of clients. Append the pair again later.");
        }

        try
        {
            limits.DemandFits(call.Key, call.Value);
        }
        catch (ArgumentException e)
        {
            return new(NotCommittedReason.Invalid, e.Message);
        }

        if (actor.Quarantined.TryGetValue(call.Key, out var entity)
            && !ValueCodec<object?>.IsReset(call.Value.Span)
            && !IsInLog())
        {
            return new(NotCommittedReason.Quarantined, $"{process.Name} takes no commands: {entity}");
        }

        return actor.FindFault(call.Key, call.Value) is { } fault ? new(NotCommittedReason.Invalid, fault) : null;
    }

    private sealed record Waiting(long Number, ClientCall.Read Read, ICanTell Client);
}
