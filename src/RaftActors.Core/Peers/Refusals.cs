namespace RaftActors.Core;

/// <summary>Refuses messages with the reason, and shows the refusals of other processes to people.</summary>
internal sealed class Refusals(RaftState state)
{
    /// <summary>
    /// Tells whether a message asks for something. Replies are never refused, because two processes that refuse each other's replies would
    /// never stop.
    /// </summary>
    public static bool IsRequest(Message body) =>
        body is Message.Greeting or Message.RequestVote or Message.AppendEntries or Message.SnapshotChunk;

    public void RefuseUnknown(Envelope envelope)
    {
        var name = envelope.From.Name;
        var isOurs = envelope.Group != GroupUid.None && envelope.Group == state.HardState.Group;
        if (isOurs && state.CommittedConfiguration?.HasName(name) == false)
        {
            var removed = $"{name} was removed from the group; stop it, or let it join again";
            RefuseRequest(envelope, RefusalReason.Removed, removed);
            return;
        }

        var remedy = state.IsFounding
            ? $"the group is not founded yet. If {name} should found it too, make the rosters the same everywhere, and restart the "
                + "processes whose roster was wrong"
            : $"the group was founded without it, and takes it in after Join({name}) on a member";
        RefuseRequest(envelope, RefusalReason.NotInRoster, $"the roster of {state.Self.Name} does not name {name}; {remedy}");
    }

    public void RefuseOtherGroup(Envelope envelope, GroupUid group)
    {
        var detail = $"{state.Self.Name} belongs to group {state.HardState.Group} and {envelope.From.Name} to {group}, so their names "
            + "were founded twice; decide which group is right, and run 'raft log forget' for the processes of the other one";
        RefuseRequest(envelope, RefusalReason.OtherGroup, detail);
    }

    /// <summary>
    /// Refuses a message of an earlier start than the one recorded. A reply is refused too, because the process may ask for nothing, and
    /// must learn that no other process counts it.
    /// </summary>
    public void RefuseOldStart(Envelope envelope)
    {
        if (envelope.Body is not Message.Refusal)
        {
            var detail = $"{state.Self.Name} has heard of a later start of {envelope.From.Name} than this one, so if it runs, its store is "
                + "an old copy that has forgotten votes and entries";
            state.Send(envelope.From, new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, envelope.Boot, detail));
        }
    }

    /// <summary>Tells a process with a new store what the group will do with it.</summary>
    public void RefuseOtherIncarnation(Peer peer)
    {
        var outlook = state.IsFounding
            ? "it has no part in the founding. If that cannot do without it, restart all processes of the group"
            : state.Configuration.Voters.Any(voter => voter.Name == peer.Name)
                ? "the group takes it in as a learner, and survives one failure less until it votes again"
                : "the group takes it in as a learner again, and nothing needs to be done";
        var detail = $"{state.Self.Name} knows {peer.Name} with another store, which was lost or replaced; {outlook}";
        state.Send(peer.Member, new Message.Refusal(RefusalReason.OtherIncarnation, Serial.Zero, default, detail));
    }

    /// <summary>Tells why a program cannot take part in the group, wherever that is found.</summary>
    public static string WhyOld(ProcessName name, object group, object own) =>
        $"the group has {group}, and the program of {name} has {own} at most; start a newer program there";

    public void RefuseOldProgram(Peer peer)
    {
        var detail = WhyOld(peer.Name, state.Configuration.Version, peer.Version);
        state.Send(peer.Member, new Message.Refusal(RefusalReason.OldProgram, Serial.Zero, default, detail));
    }

    /// <summary>Refuses a process whose name belongs to another process that runs.</summary>
    public void RefuseDuplicate(Envelope envelope)
    {
        var detail = $"{state.Self.Name} hears another process called {envelope.From.Name}, which runs; stop this one, or give its node a "
            + "name of its own. If the other one is to go, stop that one, and this one takes its place";
        RefuseRequest(envelope, RefusalReason.NameTaken, detail);
    }

    /// <summary>
    /// Stops counting a process that restarted without entries that it had acknowledged, and tells it so, until it has fenced itself.
    /// </summary>
    public void RefuseForgetful(Progress progress, Envelope envelope)
    {
        progress.IsAdmitted = false;
        var detail = $"{envelope.From.Name} had acknowledged everything up to {progress.Match} and has restarted without it, so its disk "
            + "loses writes that it had reported as synced";
        state.Send(envelope.From, new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, envelope.Boot, detail));
    }

    /// <summary>Refuses each request with the reason, because this process is fenced, so that no process waits for it.</summary>
    public void RefuseAsFenced(Envelope envelope)
    {
        if (state.HardState.Fence is { } fence && IsRequest(envelope.Body))
        {
            state.Send(envelope.From, FencedRefusal(fence, envelope.Boot));
        }
    }

    public Message.Refusal FencedRefusal(Fence fence, Boot boot)
    {
        var detail = $"{state.Self.Name} is fenced until 'raft log forget' has emptied its store: {fence}";
        return new Message.Refusal(RefusalReason.Fenced, fence.Serial, boot, detail);
    }

    /// <summary>
    /// Shows a refusal to people, once for each incarnation of the other process. A second removal, under a later configuration, is shown
    /// again.
    /// </summary>
    public void Show(Peer peer, Member by, Message.Refusal refusal)
    {
        var under = refusal.Reason == RefusalReason.Removed ? state.Configurations.LatestIndex : LogIndex.Zero;
        if (peer.Shown.Count < Peer.ShownMax && peer.Shown.Add((refusal.Reason, refusal.Serial, under)))
        {
            state.Effects.Add(new Effect.Refused(by, refusal.Reason, refusal.Serial, refusal.Detail));
        }
    }

    private void RefuseRequest(Envelope envelope, RefusalReason reason, string detail)
    {
        if (IsRequest(envelope.Body))
        {
            state.Send(envelope.From, new Message.Refusal(reason, Serial.Zero, envelope.Boot, detail));
        }
    }
}
