using System.Diagnostics;

using Akka.Actor;

using RaftActors.Delivery;
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
    private readonly SortedDictionary<(Serial After, long Number), Waiting> _waiting = [];
    private readonly Deadlines<Waiting> _deadlines = new();

    // The questions to this life that its actor has not taken, in the order of its mailbox. Some at the front may be taken.
    private readonly Queue<ToActor.AskedPlace> _asked = [];
    private long _bytesOfAsked;
    private long _lifeOfAsked;
    private long _reads;

    /// <summary>Reads wait for a pair.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    private RaftProcess Process => context.Process;

    /// <summary>The commit index moved.</summary>
    public void OnCommitted()
    {
        while (_waiting.Count > 0 && _waiting.First() is var (key, waiting) && key.After < Process.Pairs.CommittedSerial)
        {
            End(waiting);
        }
    }

    public void OnTick()
    {
        while (_deadlines.TryTakeDue(context.Now, out var waiting))
        {
            End(waiting);
        }
    }

    public void Submit(ClientCall call, IActorRef client)
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

    private void Ask(ClientCall.Query query, IActorRef client)
    {
        ForgetTaken();
        var limits = Process.Settings.Limits;
        if (_asked.Count >= OpenQueries.MaxOfClients || _bytesOfAsked >= limits.UncommittedSizeMaxBytes)
        {
            Decline(client, $"The actor of {Process.Name} has not taken {_asked.Count} questions, which are {_bytesOfAsked} bytes");
            return;
        }

        var place = new ToActor.AskedPlace(query.Question.Length);
        _asked.Enqueue(place);
        _bytesOfAsked += place.Size;
        context.TellActor(new ToActor.Asked(context.Life, query, client, place));
    }

    // A life takes no questions to the one before.
    private void ForgetTaken()
    {
        if (_lifeOfAsked != context.Life)
        {
            _asked.Clear();
            (_lifeOfAsked, _bytesOfAsked) = (context.Life, 0);
        }

        while (_asked.TryPeek(out var place) && place.IsTaken)
        {
            _asked.Dequeue();
            _bytesOfAsked -= place.Size;
        }
    }

    private void Submit(ClientCall.Change change, IActorRef client)
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

    private void Submit(ClientCall.Read read, IActorRef client)
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

        var waiting = new Waiting(read, client, ++_reads);
        waiting.Deadline = _deadlines.Add(waiting, context.DeadlineAfter(read.Wait));
        _waiting.Add(waiting.Key, waiting);
    }

    private void End(Waiting waiting)
    {
        _waiting.Remove(waiting.Key);
        _deadlines.Remove(waiting.Deadline);
        Answer(waiting.Read, waiting.Client);
    }

    /// <summary>
    /// Tells a client that this process cannot answer now. An answer without content would make the client ask again at once. A declined
    /// one tries another process, and then waits.
    /// </summary>
    /// <param name="why">A sentence without its period.</param>
    public void Decline(IActorRef client, string why) => client.Tell(new ClientReply.Declined($"{why}."), context.Self);

    private void Answer(ClientCall.Read read, IActorRef client)
    {
        if (!context.Pairs.TryReadAfter(read.After, Math.Min(read.Max, MaxPairs), found => Answer(found.Span, client)))
        {
            Decline(client, $"{Process.Name} has {PairReads.MaxWaiting} reads that wait for its store");
        }
    }

    // A reply must fit into a frame of the transport, as a batch of the engines does. One pair of any size fits.
    private void Answer(ReadOnlySpan<StoredPair> found, IActorRef client)
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
        var process = Process;
        LocalProcess At(ProcessName name, IActorRef engine) =>
            new(process.Settings.Group, name, engine.Path.ToSerializationFormatWithAddress(context.Network.Address));

        List<LocalProcess> all = [At(process.Name, context.Self)];
        all.AddRange(context.Peers.Names.Order().Select(name => (Name: name, Engine: context.Peers.FindServing(name)))
            .Where(each => each.Engine is not null).Select(each => At(each.Name, each.Engine!))); // Justification: just asked.
        var (leader, uid) = (context.Leader, context.Core.Configuration.Group);
        return new ClientReply.Located(process.Settings.Group, leader?.Leader.Name, leader?.Term ?? default, [.. all], uid);
    }

    private void Submit(ClientCall.Append call, IActorRef client)
    {
        var request = RequestRef.Of(call.Request);
        var replyTo = call.ReplyTo ?? client;
        if (call.IsRetry && context.Appends.Retry(call.Request))
        {
            return;
        }

        // The actor ends the Append when the pair is delivered; or it has ended it, and the leader's answer is still under way. A client
        // that repeats itself without saying so must not stop the engine.
        if (Process.Appends.HasOfClient(request) || context.Appends.IsOfClient(call.Request))
        {
            return;
        }

        if (FindObstacle(call) is { } obstacle)
        {
            replyTo.Tell(new Outcome<object?>.NotCommitted(obstacle.Reason, obstacle.Detail, request), context.Self);
            return;
        }

        var actor = Process.Actor ?? throw new UnreachableException("A process without an actor was refused before.");
        Process.Appends.Add(request, replyTo, actor.Outcomes, isOfClient: true);
        context.Appends.Submit(new ToEngine.Append(request, call.Key, call.Value, call.Timeout, IsRetry: call.IsRetry)
        {
            RequestKey = call.RequestKey,
        });
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

        if (process.Appends.CountOfClients >= MaxAppends || context.Appends.BytesOfClients >= limits.UncommittedSizeMaxBytes)
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

    private sealed class Waiting(ClientCall.Read read, IActorRef client, long number)
    {
        public ClientCall.Read Read => read;

        public IActorRef Client => client;

        public (Serial After, long Number) Key => (read.After, number);

        public LinkedListNode<Waiting> Deadline { get; set; } = null!; // Justification: set before it waits.
    }
}
