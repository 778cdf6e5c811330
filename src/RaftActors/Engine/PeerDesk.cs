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
internal sealed class PeerDesk(EngineContext context, RaftCore core, EngineDesks desks, Action<Input> step, IActorRef registry)
{
    // The sender of the current message, if Core does not trust it to be the latest boot of its name.
    private (ProcessName Name, IActorRef Engine)? _untrusted;
    private ImmutableArray<ProcessName> _toldNames;

    public void OnStarted()
    {
        registry.Tell(new RaftRegistry.EngineStarted(context.Process), context.Self);
        TellNames();
    }

    public void OnNews(PeerNews news)
    {
        switch (news)
        {
            case PeerNews.Found found:
                Meet(found.Name, found.Number, found.Engine);
                break;
            case PeerNews.Reachable(var name, var node) when context.Peers.Mark(name, node, isReachable: true):
                desks.Events.OnPeer(news.Name);
                step(new Input.PeerReachable(news.Name));
                desks.OnServerInSight();
                break;
            case PeerNews.Unreachable(var name, var node) when context.Peers.Mark(name, node, isReachable: false):
                desks.Events.OnPeer(news.Name);
                step(new Input.PeerUnreachable(news.Name));
                desks.Gets.OnUnreachable(news.Name);
                break;
        }
    }

    /// <summary>
    /// Gives Core a message. A peer's first message may come before discovery reports the peer, so the desk learns the engine here. A
    /// delayed message of an earlier boot has a dead engine. The desk does not learn it, and the refusal goes to the message's sender.
    /// </summary>
    public void Receive(WireMessage.CoreMessage message, IActorRef sender)
    {
        var from = message.Envelope.From.Name;
        if (core.Trusts(message.Envelope))
        {
            Meet(from, message.FromNumber, sender);
            step(new Input.Receive(message.Envelope));
        }
        else
        {
            _untrusted = (from, sender);
            step(new Input.Receive(message.Envelope));
            _untrusted = null;
        }
    }

    /// <summary>Sends a message of Core. Does nothing if the receiver was never met.</summary>
    public void Send(Effect.Send send) =>
        AddressOf(send.Envelope.To.Name)?.Tell(new WireMessage.CoreMessage(context.Process.Pid.Number, send.Envelope), context.Self);

    /// <summary>Tells discovery the processes that this process's log names, if they changed.</summary>
    public void TellNames()
    {
        if (_toldNames != core.Others)
        {
            _toldNames = core.Others;
            registry.Tell(new RaftRegistry.EngineNames(context.Process, _toldNames), context.Self);
        }
    }

    private IActorRef? AddressOf(ProcessName name) =>
        _untrusted is ({ } untrusted, var sender) && untrusted == name ? sender : context.Peers.Find(name);

    private void Meet(ProcessName name, long number, IActorRef engine)
    {
        if (context.Peers.Learn(name, number, engine))
        {
            desks.Events.OnPeer(name);
            desks.Notices.TellWaiting();
            step(new Input.PeerReachable(name));
            desks.OnServerInSight();
        }
    }
}
