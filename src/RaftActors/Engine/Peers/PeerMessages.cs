using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The messages of Core to and from the other processes. It learns their engines from discovery and from their messages, and tells
/// discovery which processes to look for. Invariant: a message teaches an engine only if Core trusts its boot to be the latest of its
/// name.
/// </summary>
internal sealed class PeerMessages(
    EngineContext context,
    DuplicateProcesses duplicates,
    EventPublishing events,
    ActorNotices notices,
    AppendTraces traces,
    StoreReads reads)
{
    private readonly HeldPages _pages = new();
    private readonly WarningLimit _unnamed = new(Machine.Current.Time);

    private readonly HashSet<(ProcessName To, long Offset)> _chunks = [];

    private LogPosition? _unreadable;

    // The sender of the current message, if Core does not trust it to be the latest boot of its name.
    private (Member Member, IActorRef Engine)? _untrusted;
    private ImmutableArray<ProcessName> _toldNames;

    public void OnStarted()
    {
        context.Registry.Tell(new EngineNews.Started(context.Process), context.Self);
        TellNames();
    }

    public void OnNews(PeerNews news)
    {
        duplicates.OnNews(news);
        switch (news)
        {
            case PeerNews.Found(var name, var engine, _, _) when name == context.Process.Name:
                duplicates.OnOwnName(engine);
                break;
            case PeerNews.Found found when context.Peers.IsReachableElsewhere(found.Name, found.Engine):
                // The process has moved, or another one has its name. Core decides this by its greeting.
                break;
            case PeerNews.Found found:
                context.Peers.MarkRunning(found.Name, found.Engine);
                Meet(found.Name, found.Engine);
                if (context.Peers.Find(found.Name) is null)
                {
                    WarnOfUnnamed(found.Name);
                }

                Learn(found);
                break;
            case PeerNews.Unreachable(var name, var node) when context.Peers.MarkUnreachable(name, node):
            case PeerNews.Stopped(var stopped, var engine) when context.Peers.MarkStopped(stopped, engine):
                OnUnreachable(news.Name);
                break;
            case PeerNews.Silent when context.Core.IsWatched:
                context.Step(new Input.PeerUnreachable(news.Name));
                break;
            case PeerNews.LeadsNoMore when context.Core.IsQuiescent:
                context.Step(Input.Wake.Instance);
                break;
        }
    }

    /// <summary>
    /// Gives Core a message, and learns the engine of its sender, because a peer's first message may precede discovery's report. A delayed
    /// message of an earlier boot comes from a dead engine. That engine is not learned, and Core's refusal goes to it.
    /// </summary>
    public void Receive(WireMessage.CoreMessage message, IActorRef sender)
    {
        var from = message.Envelope.From;
        if (context.Core.Trusts(message.Envelope))
        {
            if (Meet(from.Name, sender))
            {
                context.Registry.Tell(new EngineNews.Met(context.Process, from.Name, sender), context.Self);
            }

            if (from.Name == context.Process.Name || context.Peers.Find(from.Name) is not null)
            {
                context.Step(new Input.Receive(message.Envelope));
            }
            else
            {
                // Core's answer would have no receiver.
                WarnOfUnnamed(from.Name);
            }
        }
        else
        {
            _untrusted = (from, sender);
            context.Step(new Input.Receive(message.Envelope));
            _untrusted = null;
        }
    }

    public void OnDuplicateRefused(Effect.DuplicateRefused refused)
    {
        if (_untrusted is var (duplicate, engine) && duplicate == refused.Duplicate)
        {
            duplicates.OnRefused(duplicate.Name, engine, context.Peers.Find(duplicate.Name));
        }
    }

    /// <summary>
    /// Sends a message of Core, unless it must wait for older entries to the same process. Does nothing if the receiver was never met.
    /// </summary>
    public void Send(Effect.Send send)
    {
        if (_pages.IsEmpty || !_pages.TryHold(send, context.Core.Term, out var instead))
        {
            SendNow(send);
        }
        else if (instead is not null)
        {
            SendNow(instead);
        }
    }

    /// <summary>Sends a message of Core once its entries are read.</summary>
    public void Send(Effect.SendEntries send)
    {
        _pages.Add(send, context.Core.Term);
        AskForPages();
    }

    public void OnRead(StoreNews.PageRead page)
    {
        reads.End(page.Message);
        foreach (var send in _pages.Take(page, context.Core.Term))
        {
            SendNow(send);
        }

        AskForPages();
    }

    /// <summary>Sends a piece of a snapshot once it is read. A piece that is being read is not read for the same process again.</summary>
    public void Send(Effect.SendChunk send)
    {
        if (_chunks.Add((send.Envelope.To.Name, send.Offset)))
        {
            reads.Ask(send);
        }
    }

    /// <summary>Sends a piece that was read. A failed read is logged once for each snapshot.</summary>
    public void OnRead(StoreNews.ChunkRead news)
    {
        var (envelope, offset) = (news.Message.Envelope, news.Message.Offset);
        _chunks.Remove((envelope.To.Name, offset));
        reads.End(news.Message);
        if (envelope.Body is not Message.SnapshotChunk chunk)
        {
            return;
        }

        if (news.Failure is { } failure)
        {
            if (_unreadable != chunk.Snapshot.Position)
            {
                _unreadable = chunk.Snapshot.Position;
                context.Log.Error(
                    failure, "{0} cannot read the snapshot that {1} needs: {2}", context.Process.Name, envelope.To.Name, failure.Message);
            }
        }
        else if (context.Peers.Find(envelope.To.Name) is { } engine)
        {
            context.Send(engine, new WireMessage.CoreMessage(envelope with { Body = chunk with { Data = news.Data } }));
        }
    }

    /// <summary>Tells discovery the raft actor of this process, or that there is none.</summary>
    public void TellActor() => context.Registry.Tell(new EngineNews.ActorChanged(context.Process, context.Actor), context.Self);

    /// <summary>
    /// Tells discovery the processes that the log names, if they changed. Without entries, the initial configuration names them.
    /// </summary>
    public void TellNames()
    {
        if (_toldNames != context.Core.Others)
        {
            _toldNames = context.Core.Others;
            context.Peers.Named = _toldNames;
            context.Registry.Tell(
                new EngineNews.Names(context.Process, _toldNames.IsEmpty ? context.Process.Settings.Greeted : _toldNames), context.Self);
        }
    }

    /// <summary>Has the nodes watch each other on behalf of this quiescent process.</summary>
    public void OnQuiesced(Effect.Quiesced quiesced)
    {
        var timing = context.Process.Settings.Timing;
        ImmutableArray<(ProcessName, Address)> watched =
            [.. quiesced.Watched.Select(member => (member.Name, context.NodeOf(context.Peers.Find(member.Name))))];
        context.Registry.Tell(
            new QuietProcess(
                context.Process.Settings.Group,
                context.Process.Name,
                context.Self,
                quiesced.Leader.Name,
                quiesced.Term,
                watched,
                timing.HeartbeatInterval,
                timing.ElectionTimeoutMin),
            context.Self);
    }

    /// <summary>Ends that watch, when the process wakes or its engine stops.</summary>
    public void EndWatch() =>
        context.Registry.Tell(new EngineNews.Unwatched(context.Process.Settings.Group, context.Process.Name), context.Self);

    private void SendNow(Effect.Send send)
    {
        if (send.Envelope.Body is Message.AppendEntriesReply { Accepted: true } reply)
        {
            traces.OnAcknowledged(reply.Match);
        }

        if (AddressOf(send.Envelope.To) is { } engine)
        {
            context.Send(engine, traces.Attach(send.Envelope));
        }
    }

    private void AskForPages()
    {
        while (_pages.TryAsk(out var next))
        {
            reads.Ask(next);
        }
    }

    private void WarnOfUnnamed(ProcessName name)
    {
        const string Why = "Messages of processes that no configuration of the group names are dropped, because too many of them run. "
            + "Find out which programs send them, or set raft.security.";
        if (_unnamed.TryGive("", Why, out var text))
        {
            context.Log.Warning("{0}: {1} The process {2} is one of them.", context.Process.Name, text, name);
        }
    }

    // A message to another incarnation goes to the engine that was met under its name.
    private IActorRef? AddressOf(Member to) =>
        _untrusted is var (from, sender) && (to == from || to == new Member(from.Name, Incarnation.None))
            ? sender
            : context.Peers.Find(to.Name);

    // Returns true if the engine is news.
    private bool Meet(ProcessName name, IActorRef engine)
    {
        var isNews = context.Peers.Learn(name, engine, out var forgotten);
        if (forgotten is { } gone)
        {
            duplicates.Forget(gone);
            notices.Forget(gone);
        }

        if (!isNews)
        {
            return false;
        }

        duplicates.OnMet(name, engine);
        OnReachable(name);
        return true;
    }

    private void OnReachable(ProcessName name)
    {
        events.OnPeer(name);
        notices.OnPeer(name);
        context.Step(new Input.PeerReachable(name));
    }

    private void OnUnreachable(ProcessName name)
    {
        events.OnPeer(name);
        notices.OnPeer(name);
        context.Step(new Input.PeerUnreachable(name));
    }

    private void Learn(PeerNews.Found found)
    {
        // Comes first, because Akka.NET keeps each path that it has resolved, so the path of a stranger must not be.
        if (context.Peers.Find(found.Name)?.Equals(found.Engine) != true)
        {
            return;
        }

        var actor = found.Actor.Length == 0 ? null : context.Network.UserActorAt(found.Actor);
        var before = context.Peers.ProgramOf(found.Name);
        if (context.Peers.LearnActor(found.Name, actor, found.Program))
        {
            if (found.Program != before)
            {
                events.OnProgram(found.Name, found.Program);
            }

            notices.OnPeer(found.Name);
        }
    }
}
