namespace RaftActors.Core;

/// <summary>Decides which senders outside the roster are heard.</summary>
internal sealed class Strangers(RaftState state)
{
    /// <summary>The sender of a message, added to the roster if need be; null if the message is not to be heard.</summary>
    public Peer? SenderOf(Envelope envelope) =>
        state.Roster.Of(envelope.From.Name) ?? (MayHear(envelope) ? state.Roster.Add(envelope.From.Name, state.Leader) : null);

    /// <summary>
    /// Whether a sender outside the roster is heard. This process may have missed a change of the roster. So a leader is followed, and a
    /// candidate or a greeting with a longer log is heard (thesis §4.1); otherwise a process that was away could never rejoin. A sender
    /// whose log is no longer knows of no later roster, and this process or another one can be elected in its place. It is told why it is
    /// not in the roster instead. A leader that has left still names its heir: the heir may have learned before that the configuration
    /// without the leader is committed.
    /// </summary>
    public bool MayHear(Envelope envelope)
    {
        if (state.IsOutside)
        {
            return true;
        }

        var isOfOurGroup = envelope.Group != GroupUid.None && envelope.Group == state.HardState.Group;
        return isOfOurGroup && envelope.Body switch
        {
            Message.AppendEntries or Message.SnapshotChunk => true,
            Message.TimeoutNow => envelope.From == state.Leader,
            Message.RequestVote request => IsAhead(request.Position),
            Message.Greeting greeting => state.IsRemoved || IsAhead(greeting.Position),
            _ => false,
        };
    }

    private bool IsAhead(LogPosition position) => !state.Log.LastPosition.IsAtLeastAsUpToDateAs(position);
}
