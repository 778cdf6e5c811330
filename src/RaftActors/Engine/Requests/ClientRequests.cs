using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The Appends, reads and backups of clients, and where the processes of the group are. A client that vanishes costs only its open calls
/// until their timeouts. All clients together have at most <see cref="MaxAppends"/> Appends, as many bytes in them as a leader takes before
/// a commit, and <see cref="MaxWaiting"/> reads that wait for a pair.
/// </summary>
/// <param name="backups">The <see cref="BackupServer"/>, which starts at the first backup.</param>
internal sealed class ClientRequests(
    EngineContext context, LeaderProposals proposals, PairReads pairs, AppendTraces traces, Lazy<IActorRef> backups)
    : IEnginePart, IAppendOrigin
{
    /// <summary>The most open Appends of all clients.</summary>
    public const int MaxAppends = 16_384;

    // The most pairs in one reply, and roughly the bytes of a pair besides its key and value.
    private const int MaxPairs = 1024;
    private const int OverheadBytes = 16;

    /// <summary>The most reads that wait for the next pair. Others are declined.</summary>
    public const int MaxWaiting = 1024;

    // Reads that wait for the pair after their serial.
    private readonly OpenRequests<Waiting> _waiting = new();
    private long _reads;

    public bool NeedsTicks => _waiting.Count > 0;

    private RaftProcess Process => context.Process;

    public void OnCommitMoved()
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

    public void Submit(ClientCall.Read read, ICanTell client)
    {
        if (read.After < Process.Pairs.CommittedSerial || read.Wait == TimeSpan.Zero)
        {
            Answer(read, client);
            return;
        }

        if (_waiting.Count >= MaxWaiting)
        {
            context.Decline(client, $"{Process.Name} has {MaxWaiting} reads that wait for the next pair");
            return;
        }

        // Bounded, because a client that is gone must not keep its place for long. A living client asks again.
        var longest = Process.Settings.Requests.GetTimeout;
        _waiting.Add(++_reads, new Waiting(_reads, read, client), context.DeadlineAfter(read.Wait < longest ? read.Wait : longest));
    }

    // Each request of a backup names its place, so the process keeps no state for a client. Their number needs no bound, because only
    // operators may ask, and each client has one request open.
    public void Submit(ClientCall.Backup call, ICanTell client)
    {
        var core = context.Core;
        if (core.CommittedConfiguration is null || core.CommittedInStore < call.Least || core.CommittedInStore == LogIndex.Zero)
        {
            context.Decline(client, $"{Process.Name} has committed entries up to {core.CommittedInStore}, and not up to {call.Least} yet");
            return;
        }

        backups.Value.Tell(
            new BackupServer.Wanted(call, core.Configuration.Group, core.Snapshot, core.CommittedInStore, client), context.Self);
    }

    private void Answer(ClientCall.Read read, ICanTell client)
    {
        if (!pairs.TryReadAfter(read.After, Math.Min(read.Max, MaxPairs), found => Answer(found.Span, client)))
        {
            context.Decline(client, $"{Process.Name} has {PairReads.MaxWaiting} reads that wait for its store");
        }
    }

    // A reply must fit into a frame of the transport, which has room for one pair of any size.
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

    public ClientReply OnPing() =>
        context.Leads ? new ClientReply.Leading(context.Core.Configuration.Group, Process.Pairs.CommittedSerial) : Locate();

    public ClientReply.Located Locate()
    {
        var (process, own) = (Process, context.Network.Address);
        List<ProcessAddress> all = [new(process.Name, own)];
        List<ProcessAddress> idle = [];
        foreach (var name in context.Peers.Names.Order())
        {
            var isServing = context.Peers.FindServing(name) is not null;
            if ((isServing || context.Peers.IsIdle(name)) && context.Peers.Find(name) is { } engine)
            {
                (isServing ? all : idle).Add(new(name, engine.Path.Address is { HasGlobalScope: true } node ? node : own));
            }
        }

        var (leader, uid) = (context.Leader, context.Core.Configuration.Group);
        return new ClientReply.Located(process.Settings.Group, process.Name, leader?.Leader.Name, leader?.Term ?? default, [.. all], uid)
        {
            Committed = process.Pairs.CommittedSerial,
            Idle = [.. idle],
        };
    }

    public void Submit(ClientCall.Append call, ICanTell client)
    {
        var request = RequestRef.Of(call.Request);
        traces.Receive(call);
        if (Process.Appends.TryRedirect(request, client))
        {
            return;
        }

        if (!context.Leads)
        {
            // A client asks a process that does not lead because it does not know the leader yet, or does not reach it.
            if (!context.TryPassOn(call, client))
            {
                client.Tell(NotLeading(mayBeWritten: false), context.Self);
            }
        }
        else if (FindObstacle(call, client is not WaitingCaller { MayOperate: false }) is { } obstacle)
        {
            proposals.OnRefused(call, obstacle.Reason);
            client.Tell(obstacle.ToOutcome<object?>(request), context.Self);
        }
        else if (!proposals.TryPass(call.Request))
        {
            var why = $"{Process.Name} has refused an earlier Append of this client, which must come first. Append the pair again later.";
            client.Tell(RaftFailure.NotDone(FailureReason.Stopped, why).ToOutcome<object?>(request), context.Self);
        }
        else
        {
            var actor = Process.Actor ?? throw new UnreachableException("A process without an actor was refused before.");
            Process.Appends.Add(request, client, actor.Outcomes, sizeOfClient: (3 * call.Key.Length) + call.Value.Length);
            proposals.Submit(call, this);
        }
    }

    /// <summary>The answer of LeaderProposals to the Append of a client.</summary>
    public void Receive(AppendReply reply)
    {
        var request = RequestRef.Of(reply.Request);
        switch (reply)
        {
            case { Failure: { } failure }:
                context.CancelAppend(request, failure);
                break;
            case { Committed: { } serial }:
                context.EndRepeated(request, serial);
                break;
            default:
                Process.Appends.EndOfClient(request, NotLeading(mayBeWritten: false), context.Self);
                break;
        }
    }

    /// <summary>The clients ask the next leader whether the log has their Appends.</summary>
    public void OnDeposed() => Process.Appends.EndOfClients(NotLeading(mayBeWritten: true), context.Self);

    public void OnStopped() => OnDeposed();

    private ClientReply.NotLeading NotLeading(bool mayBeWritten) => context.Leader is { IsSelf: false } leader
        ? new(leader.Leader.Name, leader.Term, mayBeWritten)
        : new(null, default, mayBeWritten);

    private RaftFailure? FindObstacle(ClientCall.Append call, bool mayOperate)
    {
        var (process, limits) = (Process, Process.Settings.Limits);
        if (context.FindObstacle(call.Request, call.RequestKey?.Hash) is { } obstacle)
        {
            return obstacle;
        }

        if (!context.HasActor || process.Actor is not { } actor)
        {
            return RaftFailure.NotDone(FailureReason.Stopped, $"{process.Name} has no actor now. Append the pair on another node.");
        }

        if (process.Appends.CountOfClients >= MaxAppends || process.Appends.BytesOfClients >= limits.UncommittedSizeMaxBytes)
        {
            return RaftFailure.NotDone(
                FailureReason.Busy, $"{process.Name} has too many open Appends of clients. Append the pair again later.");
        }

        try
        {
            if (call.Count == 1)
            {
                limits.DemandFits(call.Key, call.Value.Length);
                return actor.FindRefusal(call.Key, call.Value, mayOperate);
            }

            limits.DemandFits(call.Count, call.Value.Length);
        }
        catch (ArgumentException e)
        {
            return RaftFailure.NotDone(FailureReason.Invalid, e.Message);
        }

        return FindRefusalOfBatch(call, actor, mayOperate);
    }

    // A method of its own: what its lambda captures is an object, which each Append would cost.
    private static RaftFailure? FindRefusalOfBatch(ClientCall.Append call, LatestActor actor, bool mayOperate) =>
        PairBatch.Decode(call.Count, call.Value).Select(pair => actor.FindRefusal(pair.Key, pair.Value, mayOperate))
            .FirstOrDefault(refusal => refusal is not null);

    private sealed record Waiting(long Number, ClientCall.Read Read, ICanTell Client);
}
