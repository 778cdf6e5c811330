using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Learns the engines of the other processes, from discovery and from their messages. Tells discovery which processes to look for.
/// Invariant: a message teaches no engine if Core does not trust its boot to be the latest of its name.
/// </summary>
internal sealed class PeerMessages(EngineContext context)
{
    private readonly HeldPages _pages = new();
    private readonly WarningLimit _strangers = new(Machine.Current.Time);

    // The sender of the current message, if Core does not trust it to be the latest boot of its name.
    private (Member Member, IActorRef Engine)? _untrusted;
    private ImmutableArray<ProcessName> _toldNames;

    public void OnStarted()
    {
        context.Peers.Forgotten = name =>
        {
            context.Twins.Forget(name);
            context.Views.Forget(name);
        };
        context.Peers.Refused = WarnOfStranger;
        context.Registry.Tell(new EngineNews.Started(context.Process), context.Self);
        TellNames();
    }

    public void OnNews(PeerNews news)
    {
        context.Twins.OnNews(news);
        switch (news)
        {
            case PeerNews.Found(var name, var engine) when name == context.Process.Name:
                context.Twins.OnOwnName(engine);
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
            case PeerNews.Silent when context.Core.IsWatched:
                context.Step(new Input.PeerUnreachable(news.Name));
                break;
            case PeerNews.LeadsNoMore when context.Core.IsQuiescent:
                context.Step(Input.Wake.Instance);
                break;
        }
    }

    /// <summary>
    /// Gives Core a message. A peer's first message may come before discovery reports the peer, so its engine is learned here. A delayed
    /// message of an earlier boot has a dead engine. That one is not learned, and the refusal goes to the message's sender.
    /// </summary>
    public void Receive(WireMessage.CoreMessage message, IActorRef sender)
    {
        var from = message.Envelope.From;
        if (context.Core.Trusts(message.Envelope))
        {
            Meet(from.Name, sender);
            if (from.Name == context.Process.Name || context.Peers.Find(from.Name) is not null)
            {
                // Otherwise there is no room for one more process that no configuration names. Core would send its answer to no engine.
                context.Step(new Input.Receive(message.Envelope));
            }
        }
        else
        {
            _untrusted = (from, sender);
            context.Step(new Input.Receive(message.Envelope));
            _untrusted = null;
        }
    }

    /// <summary>Core refused the sender of the current message.</summary>
    public void OnTwinRefused(Effect.TwinRefused refused)
    {
        if (_untrusted is var (twin, engine) && twin == refused.Twin)
        {
            context.Twins.OnRefused(twin.Name, engine, context.Peers.Find(twin.Name));
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

    /// <summary>The entries of a message were read. Sends the message, and those that waited for it.</summary>
    public void OnRead(StoreNews.PageRead page)
    {
        context.Reads.End(page.Message);
        foreach (var send in _pages.Take(page, context.Core.Term))
        {
            SendNow(send);
        }

        AskForPages();
    }

    /// <summary>
    /// Another engine announces its raft actor. This one then announces its own again: the other may have ignored an earlier announcement,
    /// because it had not met this process yet.
    /// </summary>
    public void Receive(WireMessage.ActorAt message, IActorRef sender)
    {
        var actor = message.Path.Length == 0 ? null : context.Network.UserActorAt(message.Path);
        if (context.Peers.LearnActor(message.Process, sender, actor))
        {
            context.Views.OnPeer(message.Process);
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

    /// <summary>Tells discovery the processes that the log names, or before any those of the configuration, if they changed.</summary>
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

    /// <summary>The process is quiescent. From now on the nodes watch each other on its behalf.</summary>
    public void OnQuiesced(Effect.Quiesced quiesced)
    {
        var timing = context.Process.Settings.Timing;
        ImmutableArray<(ProcessName, Address)> watched = [.. quiesced.Watched.Select(member => (member.Name, NodeOf(member.Name)))];
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

    /// <summary>The process needs no watch by the nodes any more, or its engine stops.</summary>
    public void EndWatch() =>
        context.Registry.Tell(new EngineNews.Unwatched(context.Process.Settings.Group, context.Process.Name), context.Self);

    private void SendNow(Effect.Send send)
    {
        if (send.Envelope.Body is Message.AppendEntriesReply { Accepted: true } reply)
        {
            context.Traces.OnAcknowledged(reply.Match);
        }

        if (AddressOf(send.Envelope.To) is { } engine)
        {
            context.Outbox.Send(engine, context.Traces.Attach(send.Envelope));
        }
    }

    private void AskForPages()
    {
        while (_pages.TryAsk(out var next))
        {
            context.Reads.Begin(next);
            context.PageReader.Tell(next, context.Self);
        }
    }

    private void WarnOfStranger(ProcessName name)
    {
        const string Why = "Messages of processes that no configuration of the group names are dropped, because too many of them run. "
            + "Find out which programs send them, or set raft.security.";
        if (_strangers.TryGive("", Why, out var text))
        {
            context.Log.Warning("{0}: {1} The process {2} is one of them.", context.Process.Name, text, name);
        }
    }

    private Address NodeOf(ProcessName name) =>
        context.Peers.Find(name)?.Path.Address is { HasGlobalScope: true } address ? address : context.Network.Address;

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

        context.Twins.OnMet(name, engine);
        OnReachable(name);
        return true;
    }

    private void OnReachable(ProcessName name)
    {
        // Also without an actor: the former connection may have lost the announcement that there is none any more.
        TellActorTo(name);
        context.Events.OnPeer(name);
        context.Views.OnPeer(name);
        context.Step(new Input.PeerReachable(name));
        context.OnServerInSight();
    }

    private void OnUnreachable(ProcessName name)
    {
        context.Events.OnPeer(name);
        context.Views.OnPeer(name);
        context.Step(new Input.PeerUnreachable(name));
        context.Gets.OnUnreachable(name);
    }

    private void TellActorTo(ProcessName name)
    {
        if (context.Peers.Find(name) is { } engine)
        {
            var path = context.Actor?.Path.ToSerializationFormatWithAddress(context.Network.Address) ?? "";
            context.Send(engine, new WireMessage.ActorAt(context.Process.Name, path));
        }
    }
}
