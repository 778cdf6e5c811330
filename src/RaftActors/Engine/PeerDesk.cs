using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Learns the engines of the other processes, from discovery and from their messages. Tells discovery which processes to look for.
/// Invariant: a message teaches no engine if Core does not trust its boot to be the latest of its name.
/// </summary>
internal sealed class PeerDesk(
    EngineContext context,
    RaftCore core,
    EngineDesks desks,
    ViewDesk views,
    Action<Input> step,
    IActorRef registry,
    Raft raft)
{
    // The sender of the current message, if Core does not trust it to be the latest boot of its name.
    private (Member Member, IActorRef Engine)? _untrusted;
    private ImmutableArray<ProcessName> _toldNames;

    public void OnStarted()
    {
        context.Peers.Forgotten = name =>
        {
            desks.Twins.Forget(name);
            views.Forget(name);
        };
        registry.Tell(new RaftRegistry.EngineStarted(context.Process), context.Self);
        TellNames();
    }

    public void OnNews(PeerNews news)
    {
        desks.Twins.OnNews(news);
        switch (news)
        {
            case PeerNews.Found(var name, var engine) when name == context.Process.Name:
                desks.Twins.OnOwnName(engine);
                break;
            case PeerNews.Found found when context.Peers.IsReachableElsewhere(found.Name, found.Engine):
                // It has moved, or another process has its name. Core tells by its greeting.
                break;
            case PeerNews.Found found:
                if (!Meet(found.Name, found.Engine))
                {
                    // The announcement to a known process may be lost, also the one that there is no actor any more.
                    TellActorTo(found.Name);
                }

                break;
            case PeerNews.ActorLost:
                TellActorTo(news.Name);
                break;
            case PeerNews.Reachable(var name, var node) when context.Peers.Mark(name, node, isReachable: true):
                OnReachable(news.Name);
                break;
            case PeerNews.Unreachable(var name, var node) when context.Peers.Mark(name, node, isReachable: false):
            case PeerNews.Stopped(var stopped, var engine) when context.Peers.MarkStopped(stopped, engine):
                OnUnreachable(news.Name);
                break;
            case PeerNews.Silent when core.IsQuiescent:
                step(new Input.PeerUnreachable(news.Name));
                break;
            case PeerNews.LeadsNoMore when core.IsQuiescent:
                step(Input.Wake.Instance);
                break;
        }
    }

    /// <summary>
    /// Gives Core a message. A peer's first message may come before discovery reports the peer, so the desk learns the engine here. A
    /// delayed message of an earlier boot has a dead engine. The desk does not learn it, and the refusal goes to the message's sender.
    /// </summary>
    public void Receive(WireMessage.CoreMessage message, IActorRef sender)
    {
        var from = message.Envelope.From;
        if (core.Trusts(message.Envelope))
        {
            Meet(from.Name, sender);
            if (from.Name == context.Process.Name || context.Peers.Find(from.Name) is not null)
            {
                // Otherwise there is no room for one more process that no configuration names. Core would send its answer to no engine.
                step(new Input.Receive(message.Envelope));
            }
        }
        else
        {
            _untrusted = (from, sender);
            step(new Input.Receive(message.Envelope));
            _untrusted = null;
        }
    }

    /// <summary>Core refused the sender of the current message.</summary>
    public void OnTwinRefused(Effect.TwinRefused refused)
    {
        if (_untrusted is var (twin, engine) && twin == refused.Twin)
        {
            desks.Twins.OnRefused(twin.Name, engine, context.Peers.Find(twin.Name));
        }
    }

    /// <summary>Sends a message of Core. Does nothing if the receiver was never met.</summary>
    public void Send(Effect.Send send)
    {
        if (send.Envelope.Body is Message.AppendEntriesReply { Accepted: true } reply)
        {
            context.Traces.OnAcknowledged(reply.Match);
        }

        if (AddressOf(send.Envelope.To) is { } engine)
        {
            context.Outbox.SendFirst(engine, context.Traces.Attach(send.Envelope));
        }
    }

    /// <summary>
    /// Another engine announces its raft actor. This one then announces its own again: the other may have ignored an earlier announcement,
    /// because it had not met this process yet.
    /// </summary>
    public void Receive(WireMessage.ActorAt message, IActorRef sender)
    {
        var actor = message.Path.Length == 0 ? null : raft.UserActorAt(message.Path);
        if (context.Peers.LearnActor(message.Process, sender, actor))
        {
            views.OnPeer(message.Process);
            if (context.HasActor)
            {
                TellActorTo(message.Process);
            }
        }
    }

    /// <summary>Announces this process's actor, or that there is none, to all processes that were met.</summary>
    public void TellActor()
    {
        foreach (var name in context.Peers.Names)
        {
            TellActorTo(name);
        }
    }

    /// <summary>Tells discovery the processes that this process's log names, if they changed.</summary>
    public void TellNames()
    {
        if (_toldNames != core.Others)
        {
            _toldNames = core.Others;
            context.Peers.Named = _toldNames;
            registry.Tell(new RaftRegistry.EngineNames(context.Process, _toldNames), context.Self);
        }
    }

    /// <summary>The process is quiescent. From now on the nodes watch each other on its behalf.</summary>
    public void OnQuiesced(Effect.Quiesced quiesced)
    {
        var timing = context.Process.Settings.Timing;
        ImmutableArray<(ProcessName, Address)> watched = [.. quiesced.Watched.Select(member => (member.Name, NodeOf(member.Name)))];
        registry.Tell(
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

    /// <summary>The process is quiescent no more, or its engine stops.</summary>
    public void OnWoken() =>
        registry.Tell(new RaftRegistry.EngineWoken(context.Process.Settings.Group, context.Process.Name), context.Self);

    private Address NodeOf(ProcessName name) =>
        context.Peers.Find(name)?.Path.Address is { HasGlobalScope: true } address ? address : raft.Address;

    // A message to another incarnation of that name goes to the one that was met.
    private IActorRef? AddressOf(Member to) =>
        _untrusted is var (from, sender) && (to == from || to == new Member(from.Name, Incarnation.None))
            ? sender
            : context.Peers.Find(to.Name);

    // True: it was news.
    private bool Meet(ProcessName name, IActorRef engine)
    {
        if (!context.Peers.Learn(name, engine))
        {
            return false;
        }

        desks.Twins.OnMet(name, engine);
        OnReachable(name);
        return true;
    }

    private void OnReachable(ProcessName name)
    {
        // Also without an actor: the former connection may have lost the announcement that there is none any more.
        TellActorTo(name);
        desks.Events.OnPeer(name);
        views.OnPeer(name);
        step(new Input.PeerReachable(name));
        desks.OnServerInSight();
    }

    private void OnUnreachable(ProcessName name)
    {
        desks.Events.OnPeer(name);
        views.OnPeer(name);
        step(new Input.PeerUnreachable(name));
        desks.Gets.OnUnreachable(name);
    }

    private void TellActorTo(ProcessName name)
    {
        if (context.Peers.Find(name) is { } engine)
        {
            var path = context.Actor?.Path.ToSerializationFormatWithAddress(raft.Address) ?? "";
            context.Send(engine, new WireMessage.ActorAt(context.Process.Name, path));
        }
    }
}
