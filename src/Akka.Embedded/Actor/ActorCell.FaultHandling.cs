using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <content>Creation, failure, restart and termination of the actor.</content>
internal sealed partial class ActorCell
{
    /// <summary>Set from a failure until the parent answers it. A second failure in between is not reported.</summary>
    private bool _hasFailed;

    /// <summary>The child whose failure this actor escalated.</summary>
    private InternalActorRef? _perpetrator;

    /// <summary>The cause of a restart that waits for children to end.</summary>
    private Exception? _restartCause;

    private void CreateActor()
    {
        try
        {
            Actor = NewActor();
            Actor.AroundPreStart();
            ArmReceiveTimeout();
        }
        catch (Exception failure)
        {
            ClearActor();
            if (failure is ActorInitializationException)
            {
                throw;
            }

            throw new ActorInitializationException($"Exception during creation: {failure.Message}", failure);
        }
    }

    /// <summary>Suspends this actor and all actors below it, and reports the failure to the parent.</summary>
    /// <param name="perpetrator">The child whose failure is escalated.</param>
    /// <param name="suspended">Children that are suspended already.</param>
    private void Fail(Exception failure, InternalActorRef? perpetrator, params InternalActorRef[] suspended)
    {
        if (_hasFailed)
        {
            return;
        }

        _hasFailed = true;
        _perpetrator = perpetrator;
        Mailbox.Suspend();
        foreach (var child in Children.Refs())
        {
            if (!child.Equals(perpetrator) && !suspended.Contains(child))
            {
                child.Suspend();
            }
        }

        Parent.SendSystemMessage(new Failed(Self, failure));
    }

    private void ClearFailure()
    {
        _hasFailed = false;
        _perpetrator = null;
        _envelope = default;
    }

    private void HandleFailed(Failed failed)
    {
        if (Children.Find(failed.Child) is not { } child)
        {
            return;
        }

        if (Actor is not { } actor)
        {
            // Between two instances of this actor no strategy exists, and the child waits for an answer.
            Stop(failed.Child);
        }
        else if (!actor.SupervisorStrategyInternal.HandleFailure(this, child, failed.Cause))
        {
            Fail(failed.Cause, failed.Child);
        }
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (Children.IsWaiting)
        {
            Mailbox.Resume();
        }
        else if (Actor is null)
        {
            FaultCreate();
        }
        else
        {
            var perpetrator = _perpetrator;
            Mailbox.Resume();
            if (causedByFailure is not null)
            {
                ClearFailure();
            }

            ResumeChildren(causedByFailure, perpetrator);
        }
    }

    /// <summary>Creates the actor again. Its creation had failed, so no instance exists to resume or restart.</summary>
    private void FaultCreate()
    {
        StopChildren();
        if (!Children.WaitForStopping(AfterChildren.Create))
        {
            FinishCreate();
        }
    }

    private void FinishCreate()
    {
        Mailbox.Resume();
        ClearFailure();
        CreateActor();
    }

    private void FaultRecreate(Exception cause)
    {
        if (Children.IsWaiting)
        {
            // The actor is already restarting or stopping. Undo only the suspension that came with this message.
            Mailbox.Resume();
        }
        else if (Actor is not { } failedActor)
        {
            FaultCreate();
        }
        else
        {
            try
            {
                failedActor.AroundPreRestart(cause, CurrentMessage);
            }
            catch (Exception failure)
            {
                Publish(new Error(failure, Self.Path.ToString(), failedActor.GetType(), $"Error while restarting: {failure.Message}"));
            }

            ClearActor();
            _restartCause = cause;
            if (!Children.WaitForStopping(AfterChildren.Recreate))
            {
                FinishRecreate(cause);
            }
        }
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = Children.Refs();
        _restartCause = null;
        Mailbox.Resume();
        ClearFailure();
        try
        {
            Actor = NewActor();
            Actor.AroundPostRestart(cause, null);
            ArmReceiveTimeout();
        }
        catch (Exception failure)
        {
            ClearActor();
            Fail(new PostRestartException(failure, cause), null, survivors);
            return;
        }

        foreach (var child in survivors)
        {
            child.Restart(cause);
        }
    }

    private void TerminateActor()
    {
        SetReceiveTimeout(null);
        UnwatchAll();
        foreach (var child in Children.Refs())
        {
            Stop(child);
        }

        var wasTerminating = IsTerminating;
        if (!Children.WaitForStopping(AfterChildren.Terminate))
        {
            FinishTerminate();
        }
        else if (!wasTerminating)
        {
            // The parent no longer handles failures from here on.
            Mailbox.Suspend();
            _hasFailed = true;
        }
    }

    private void FinishTerminate()
    {
        _hasFailed = true;
        try
        {
            Actor?.AroundPostStop();
        }
        catch (Exception failure)
        {
            Publish(new Error(failure, Self.Path.ToString(), Props.Type, $"Error while stopping: {failure.Message}"));
        }

        ClearActor();
        Children.Close();
        SystemImpl.EventStream.Unsubscribe(Self);
        Mailbox.Close();
        if (_isSubscribedToLostAddresses)
        {
            SystemImpl.AddressTerminatedTopic.Unsubscribe(Self);
        }

        Parent.SendSystemMessage(new DeathWatchNotification(Self, true, false));
        TellWatchers();
        UnwatchAll();
    }

    /// <summary>Drops the instance. Its stashed messages return to the mailbox, and its timers are cancelled.</summary>
    private void ClearActor()
    {
        (Actor as IActorStash)?.Stash?.UnstashAll();
        CancelTimers();
        Actor = null;
        _behaviours.Clear();
        CancelReceiveTimeout();
    }
}
