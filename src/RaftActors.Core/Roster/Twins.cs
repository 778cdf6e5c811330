namespace RaftActors.Core;

/// <summary>
/// Two processes that run under one name, such as a node that was started twice. The group hears the first one. The second one is not heard
/// as long as the first one answers, and then rejoins as a process with a new store does.
/// </summary>
internal sealed class Twins(RaftState state, Refusals refusals, Greetings greetings)
{
    // One message may be lost, so the first process is asked for longer than it needs to answer.
    private int Patience => 2 * state.Options.ElectionTimeoutMaxTicks;

    /// <summary>Whether the sender has the name of another process that may still run. Changes nothing.</summary>
    public bool IsTwin(Peer peer, Member sender) =>
        peer.Current != Incarnation.None
        && peer.Current != sender.Incarnation
        && peer.SpokeAt is not null
        && !IsInForce(sender)
        && !(peer.ClaimedAt is { } claimed && state.Now - claimed >= Patience);

    /// <summary>
    /// A twin sent a message. The first process is asked whether it still runs, because it may be silent in an idle group. When it has
    /// answered, the twin is refused.
    /// </summary>
    public void OnMessage(Peer peer, Envelope envelope)
    {
        if (peer.ClaimedAt is null)
        {
            peer.ClaimedAt = state.Now;
            greetings.Ask(peer);
        }

        if (!peer.HasAnsweredClaim)
        {
            return;
        }

        refusals.RefuseTwin(envelope);
        if (peer.Twin != envelope.From.Incarnation)
        {
            peer.Twin = envelope.From.Incarnation;
            state.Effects.Add(new Effect.TwinRefused(envelope.From, peer.Member));
        }
    }

    // The group has taken the sender in while the other one was silent.
    private bool IsInForce(Member sender) =>
        state.Configuration.Holds(sender) || state.CommittedConfiguration?.Holds(sender) == true;
}
