using Akka.Actor;
using Akka.Event;

using RaftActors.Security;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Checks each message of one incoming, authenticated connection, so that a node speaks only for itself. The first refused message of each
/// kind is logged once a minute. Not thread-safe.
/// </summary>
/// <param name="peer">The address that the other side may speak for.</param>
internal sealed class MessageGate(PeerIdentity identity, Address peer, NetworkContext context)
{
    private readonly HashSet<ProcessName> _vouched = [];

    public bool Admits(WireMessage message, IActorRef from) => Admits(WhyNot(message, from));

    /// <summary>
    /// Returns the processes that the other side may speak for. A list without its other parts would count as the whole one, so no part
    /// is refused as a message is.
    /// </summary>
    public WireMessage.Presence OfPeer(WireMessage.Presence told) =>
        told with { Running = [.. told.Running.Where(process => Admits(WhyNot(process)))] };

    private bool Admits(string? whyNot)
    {
        if (whyNot is not { } why)
        {
            return true;
        }

        // Limited by the name of the certificate, which the other side cannot choose.
        if (context.Refusals.TryGive(identity.Name, why, out var text))
        {
            context.Log.Warning("Refused a message of {0} at {1}: {2}", identity, peer, text);
        }

        return false;
    }

    private string? WhyNot(WireMessage message, IActorRef from)
    {
        if (!from.Path.Address.Equals(peer))
        {
            return $"its sender is at {from.Path.Address}.";
        }

        return (message is WireMessage.Traced traced ? traced.Inner : message) switch
        {
            WireMessage.CoreMessage core => WhyNot(core.Envelope.From.Name),
            WireMessage.Leaving leaving => WhyNot(leaving.Process),
            _ => null,
        };
    }

    private string? WhyNot(LocalProcess process) =>
        WirePath.TryParse(process.Engine, out var path) && path.Address.Equals(peer)
            ? WhyNot(process.Name)
            : $"the engine of {process.Name} is at {process.Engine}.";

    private string? WhyNot(ProcessName name)
    {
        if (_vouched.Contains(name))
        {
            return null;
        }

        if (!identity.VouchesFor(name))
        {
            return $"it speaks for {name}, and its certificate has no name of that node. Issue one with the subject alternative name "
                + $"'{name.Node}', or with its host.";
        }

        if (_vouched.Count < FrameWriter.MaxKnown)
        {
            _vouched.Add(name);
        }

        return null;
    }
}
