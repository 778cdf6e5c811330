using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Creates, suspends, restarts and terminates one actor, and handles failures of the actor and of its children.</summary>
internal sealed class ActorLifecycle(ActorCell cell)
{
    /// <summary>Set from a failure until the parent answers it. A second failure in between is not reported.</summary>
    private bool _hasFailed;

    /// <summary>The child whose failure this actor escalated.</summary>
    private InternalActorRef? _perpetrator;

    /// <summary>The cause of a restart that waits for children to end.</summary>
    private Exception? _restartCause;

    public void Create()
    {
        try
        {
            cell.NewActor().AroundPreStart();
            cell.ArmReceiveTimeout();
        }
        catch (Exception failure)
        {
            cell.ClearActor();
            if (failure is ActorInitializationException)
            {
                throw;
            }

            throw new ActorInitializationException($"Exception during creation: {failure.Message}", failure);
        }
    }

    public void Suspend()
    {
        cell.Mailbox.Suspend();
        foreach (var child in cell.Children.Refs())
        {
            child.Suspend();
        }
    }

    /// <summary>Undoes one suspension.</summary>
    /// <param name="causedByFailure">The failure that the parent answers with Resume. Null: the suspension had another reason.</param>
    public void Resume(Exception? causedByFailure)
    {
        if (cell.Children.IsWaiting)
        {
            cell.Mailbox.Resume();
        }
        else if (cell.Actor is null)
        {
            CreateAgain();
        }
        else
        {
            var perpetrator = _perpetrator;
            cell.Mailbox.Resume();
            if (causedByFailure is not null)
            {
                ClearFailure();
            }

            foreach (var child in cell.Children.Refs())
            {
                child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
            }
        }
    }

    public void Restart(Exception cause)
    {
        if (cell.Children.IsWaiting)
        {
            // The actor is already restarting or stopping. Undo only the suspension that came with this message.
            cell.Mailbox.Resume();
        }
        else if (cell.Actor is not { } failedActor)
        {
            CreateAgain();
        }
        else
        {
            try
            {
                failedActor.AroundPreRestart(cause, cell.CurrentMessage);
            }
            catch (Exception failure)
            {
                PublishError(new PreRestartException(cell.Self, failure, cause), failedActor.GetType(), failure.Message);
            }

            cell.ClearActor();
            _restartCause = cause;
            if (!cell.Children.WaitForStopping(AfterChildren.Recreate))
            {
                FinishRestart(cause);
            }
        }
    }

    public void Terminate()
    {
        cell.SetReceiveTimeout(null);
        cell.DeathWatch.UnwatchAll();
        foreach (var child in cell.Children.Refs())
        {
            cell.Stop(child);
        }

        var wasTerminating = cell.Children.IsTerminating;
        if (!cell.Children.WaitForStopping(AfterChildren.Terminate))
        {
            FinishTerminate();
        }
        else if (!wasTerminating)
        {
            // The parent no longer handles failures from here on.
            cell.Mailbox.Suspend();
            _hasFailed = true;
        }
    }

    /// <summary>Suspends this actor and all actors below it, and reports the failure to the parent.</summary>
    /// <param name="perpetrator">The child whose failure is escalated.</param>
    /// <param name="suspended">Children that are suspended already.</param>
    public void Fail(Exception failure, InternalActorRef? perpetrator = null, params InternalActorRef[] suspended)
    {
        if (_hasFailed)
        {
            return;
        }

        _hasFailed = true;
        _perpetrator = perpetrator;
        cell.Mailbox.Suspend();
        foreach (var child in cell.Children.Refs())
        {
            if (!child.Equals(perpetrator) && !suspended.Contains(child))
            {
                child.Suspend();
            }
        }

        cell.Parent.SendSystemMessage(new Failed(cell.Self, failure));
    }

    public void ChildFailed(Failed failed)
    {
        if (cell.Children.Find(failed.Child) is not { } child)
        {
            return;
        }

        if (cell.Actor is not { } actor)
        {
            // Between two instances of this actor no strategy exists, and the child waits for an answer.
            cell.Stop(failed.Child);
        }
        else if (!actor.SupervisorStrategyInternal.HandleFailure(cell, child, failed.Cause))
        {
            Fail(failed.Cause, failed.Child);
        }
    }

    /// <summary>Removes a child that has ended, and takes the step that waited for it.</summary>
    public void ChildEnded(InternalActorRef child)
    {
        switch (cell.Children.Remove(child))
        {
            case AfterChildren.Create:
                FinishCreateAgain();
                break;
            case AfterChildren.Recreate:
                FinishRestart(_restartCause!);
                break;
            case AfterChildren.Terminate:
                FinishTerminate();
                break;
        }
    }

    /// <summary>Creates the actor again. Its creation had failed, so no instance exists to resume or restart.</summary>
    private void CreateAgain()
    {
        cell.StopChildren();
        if (!cell.Children.WaitForStopping(AfterChildren.Create))
        {
            FinishCreateAgain();
        }
    }

    private void FinishCreateAgain()
    {
        cell.Mailbox.Resume();
        ClearFailure();
        Create();
    }

    private void FinishRestart(Exception cause)
    {
        var survivors = cell.Children.Refs();
        _restartCause = null;
        cell.Mailbox.Resume();
        ClearFailure();
        try
        {
            cell.NewActor().AroundPostRestart(cause, null);
            cell.ArmReceiveTimeout();
        }
        catch (Exception failure)
        {
            cell.ClearActor();
            Fail(new PostRestartException(cell.Self, failure, cause), null, survivors);
            return;
        }

        foreach (var child in survivors)
        {
            child.Restart(cause);
        }
    }

    private void FinishTerminate()
    {
        _hasFailed = true;
        try
        {
            cell.Actor?.AroundPostStop();
        }
        catch (Exception failure)
        {
            PublishError(failure, cell.Props.Type, $"Error while stopping: {failure.Message}");
        }

        cell.ClearActor();
        cell.Children.Close();
        cell.SystemImpl.EventStream.Unsubscribe(cell.Self);
        cell.Mailbox.Close();
        cell.DeathWatch.Close();
    }

    private void ClearFailure()
    {
        _hasFailed = false;
        _perpetrator = null;
        cell.ClearMessage();
    }

    private void PublishError(Exception failure, Type source, string text) =>
        cell.SystemImpl.EventStream.Publish(new Error(failure, cell.Self.Path.ToString(), source, text));
}
