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
internal sealed class EngineEffects(
    EngineContext context,
    RaftCore core,
    EngineDesks desks,
    ViewDesk views,
    CommitDesk commits,
    PeerDesk peers,
    PageDesk pages,
    StoreDesk store,
    ILoggingAdapter log)
{
    private ProcessName Self => context.Process.Name;

    /// <summary>Runs before Core takes the input.</summary>
    public void Prepare(Input input)
    {
        if (input is Input.Persisted persisted)
        {
            store.OnPersisted(persisted.Ticket);
        }
    }

    /// <summary>Carries out the effects of one input.</summary>
    public void CarryOut(ImmutableArray<Effect> effects)
    {
        desks.Events.OnStepped();
        peers.TellNames();
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
                pages.Send(send);
                break;
            case Effect.SendChunk send:
                store.SendChunk(send);
                break;
            case Effect.SendEntries send:
                pages.Send(send);
                break;
            case Effect.Write write:
                store.Write(write);
                break;
            case Effect.Commit commit:
                commits.OnCommitted(commit);
                break;
            case Effect.Accepted accepted:
                desks.Proposals.OnAccepted(accepted);
                break;
            case Effect.Rejected rejected:
                desks.Proposals.OnRejected(rejected);
                break;
            case Effect.Repeated repeated:
                desks.Proposals.OnRepeated(repeated);
                break;
            case Effect.ReadReady ready:
                desks.Queries.OnReady(ready);
                break;
            case Effect.ReadFailed failed:
                desks.Queries.OnFailed(failed);
                break;
            default:
                CarryOutRare(effect);
                break;
        }
    }

    private void CarryOutRare(Effect effect)
    {
        switch (effect)
        {
            case Effect.PeerMet met:
                views.OnMet(met);
                break;
            case Effect.QuorumChanged changed:
                views.OnQuorum(changed.Quorum);
                break;
            case Effect.LeaderChanged changed:
                views.OnLeader(changed.Leader);
                break;
            case Effect.TransferEnded ended:
                OnTransferEnded(ended);
                break;
            case Effect.MembersAccepted accepted:
                desks.Leading.OnAccepted(accepted, core.Term);
                break;
            case Effect.MembersRefused refused:
                desks.Leading.OnRefused(refused);
                break;
            case Effect.MembersDecided decided:
                OnDecided(decided);
                break;
            case Effect.Refused refused:
                OnRefused(refused);
                break;
            case Effect.TwinRefused refused:
                peers.OnTwinRefused(refused);
                break;
            case Effect.Quiesced quiesced:
                peers.OnQuiesced(quiesced);
                break;
            case Effect.Woken:
                peers.OnWoken();
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
        log.Info("{Process}: the transfer of the leadership to {Target} ended: {Outcome}", Self, target, ended.Outcome);
        desks.Leading.OnTransferEnded(ended);
        desks.Stopping.OnTransferEnded(ended);
    }

    private void OnDecided(Effect.MembersDecided decided)
    {
        var decision = $"{decided.Configuration}, since {decided.Reason}";
        context.Process.View = context.Process.View with { Decision = decision };
        log.Info("{Process} decided: {Decision}", Self, decision, desks.Events.OnDecided(decided));
    }

    // A process with a new store rejoins by itself, as a learner. Only the loss of a store on a disk is unexpected.
    private void OnRefused(Effect.Refused refused)
    {
        if (refused.Reason == RefusalReason.NotInRoster)
        {
            OnNotInRoster(refused);
            return;
        }

        if (refused.Reason == RefusalReason.NameTaken)
        {
            context.Process.View = context.Process.View with { NameTaken = refused.Detail };
        }

        var level = refused.Reason != RefusalReason.OtherIncarnation ? LogLevel.ErrorLevel
            : context.Process.HasUnexpectedlyNewStore ? LogLevel.WarningLevel
            : LogLevel.InfoLevel;
        var text = refused.Reason == RefusalReason.Disputed
            ? "{Process} got a warning from {By}: {Detail}."
            : "{Process} is refused by {By}: {Detail}.";
        log.Log(level, text, [Self, refused.By.Name, refused.Detail, desks.Events.OnRefused(refused)]);
    }

    // A process that joins hears it from each member until it is one.
    private void OnNotInRoster(Effect.Refused refused)
    {
        var isExpected = context.Process.Settings.IsJoining;
        log.Log(
            isExpected ? LogLevel.InfoLevel : LogLevel.ErrorLevel,
            isExpected
                ? "{0} waits to join the group of {1}: {2}."
                : "{0} is refused by {1}: {2}. To join a group that runs, start this process with raft.joining = on.",
            [Self, refused.By.Name, refused.Detail, desks.Events.OnRefused(refused)]);
    }

    private void OnFenced(string detail)
    {
        context.Process.View = context.Process.View with { Fence = detail };
        log.Error(
            "{Process} is fenced and takes no part in its group until it restarts with an empty store: {Detail}.",
            Self,
            detail,
            desks.Events.OnFenced(detail));
    }
}
