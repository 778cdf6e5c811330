using System.Collections.Immutable;
using System.Diagnostics;

using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Carries out the effects of Core: one case for each, in the order given. A log entry of a fact that is published as a
/// <see cref="RaftEvent"/> too has the event as its last argument, which the text does not show. A program that handles the events leaves
/// out these entries.
/// </summary>
internal sealed class EngineEffects(EngineContext context)
{
    private ProcessName Self => context.Process.Name;

    /// <summary>Carries out the effects of one input.</summary>
    public void CarryOut(ImmutableArray<Effect> effects)
    {
        context.Events.OnStepped();
        context.PeerMessages.TellNames();
        foreach (var effect in effects)
        {
            CarryOut(effect);
        }
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                context.PeerMessages.Send(send);
                break;
            case Effect.SendChunk send:
                context.Store.SendChunk(send);
                break;
            case Effect.SendEntries send:
                context.PeerMessages.Send(send);
                break;
            case Effect.Write write:
                context.Store.Write(write);
                break;
            case Effect.Commit commit:
                context.Commits.OnCommitted(commit);
                break;
            case Effect.Accepted accepted:
                context.Proposals.OnAccepted(accepted);
                break;
            case Effect.Rejected rejected:
                context.Proposals.OnRejected(rejected);
                break;
            case Effect.Repeated repeated:
                context.Proposals.OnRepeated(repeated);
                break;
            case Effect.ReadReady ready:
                context.Queries.OnReady(ready);
                break;
            case Effect.ReadFailed failed:
                context.Queries.OnFailed(failed);
                break;
            case Effect.PeerMet met:
                context.Views.OnMet(met);
                break;
            case Effect.QuorumChanged changed:
                context.Views.OnQuorum(changed.Quorum);
                break;
            case Effect.LeaderChanged changed:
                context.Views.OnLeader(changed.Leader);
                break;
            case Effect.TransferEnded ended:
                OnTransferEnded(ended);
                break;
            case Effect.MembersAccepted accepted:
                context.LeaderChanges.OnAccepted(accepted, context.Core.Term);
                break;
            case Effect.MembersRefused refused:
                context.LeaderChanges.OnRefused(refused);
                break;
            case Effect.MembersDecided decided:
                OnDecided(decided);
                break;
            case Effect.Refused refused:
                OnRefused(refused);
                break;
            case Effect.TwinRefused refused:
                context.PeerMessages.OnTwinRefused(refused);
                break;
            case Effect.Quiesced quiesced:
                context.PeerMessages.OnQuiesced(quiesced);
                break;
            case Effect.Woken:
                // After each input the engine looks whether its ticks are to run.
                break;
            case Effect.Unwatched:
                context.PeerMessages.EndWatch();
                break;
            case Effect.Fenced fenced:
                OnFenced(fenced.Detail);
                break;
            default:
                throw new UnreachableException($"Unknown effect {effect.GetType()}.");
        }
    }

    private void OnTransferEnded(Effect.TransferEnded ended)
    {
        var target = ended.Target?.Value ?? "any voter";
        context.Log.Info("{Process}: the transfer of the leadership to {Target} ended: {Outcome}", Self, target, ended.Outcome);
        context.LeaderChanges.OnTransferEnded(ended);
        context.Stopping.OnTransferEnded(ended);
    }

    private void OnDecided(Effect.MembersDecided decided)
    {
        var decision = $"{decided.Configuration}, since {decided.Reason}";
        context.Process.Status = context.Process.Status with { Decision = decision };
        context.Log.Info("{Process} decided: {Decision}", Self, decision, context.Events.OnDecided(decided));
        if (decided.Configuration.Era > context.Core.Options.StartedAt)
        {
            context.Log.Warning(
                "{Process}: the clock of this node was behind the era of the group, {Era} us after 1970, when it started. If the group was "
                    + "restored just now, stamps from before may come again: correct the clock, and restore again. Otherwise correct it.",
                Self,
                decided.Configuration.Era);
        }
    }

    // A process with a new store rejoins by itself, as a learner. Only the loss of a store on a disk is unexpected.
    private void OnRefused(Effect.Refused refused)
    {
        if (refused.Reason == RefusalReason.NotInRoster)
        {
            OnNotInRoster(refused);
            return;
        }

        if (refused.Reason == RefusalReason.OtherGroup)
        {
            context.Peers.MarkOfOther(refused.By.Name);
        }

        if (refused.Reason == RefusalReason.NameTaken)
        {
            context.Twins.OnNameTaken(refused.Detail);
        }

        var level = refused.Reason != RefusalReason.OtherIncarnation ? LogLevel.ErrorLevel
            : context.Process.HasUnexpectedlyNewStore ? LogLevel.WarningLevel
            : LogLevel.InfoLevel;
        var text = refused.Reason == RefusalReason.Disputed
            ? "{Process} got a warning from {By}: {Detail}."
            : "{Process} is refused by {By}: {Detail}.";
        context.Log.Log(level, text, [Self, refused.By.Name, refused.Detail, context.Events.OnRefused(refused)]);
    }

    // A process that joins hears it from each member until it is one.
    private void OnNotInRoster(Effect.Refused refused)
    {
        var isExpected = context.Process.Settings.IsJoining;
        context.Log.Log(
            isExpected ? LogLevel.InfoLevel : LogLevel.ErrorLevel,
            isExpected
                ? "{0} waits to join the group of {1}: {2}."
                : "{0} is refused by {1}: {2}. To join a group that runs, start this process with raft.joining = on.",
            [Self, refused.By.Name, refused.Detail, context.Events.OnRefused(refused)]);
    }

    private void OnFenced(string detail)
    {
        context.Process.Status = context.Process.Status with { Fence = detail };
        context.SnapshotCalls.OnFenced(detail);
        context.Log.Error(
            "{Process} is fenced and takes no part in its group until it restarts with an empty store: {Detail}.",
            Self,
            detail,
            context.Events.OnFenced(detail));
    }
}
