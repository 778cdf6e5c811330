using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Reads the messages of the user's actor from the <see cref="EngineInbox"/>, and passes each to its desk. Invariant: one turn reads a
/// bounded number, so heartbeats and ticks go before the next ones.
/// </summary>
/// <param name="stop">Stops the engine because of a failure of the store.</param>
internal sealed class InboxDesk(EngineContext context, RaftCore core, EngineDesks desks, Action<string> stop)
{
    // The maximum number of messages that one turn reads.
    private const int Batch = 256;

    public void Read()
    {
        var inbox = context.Process.Inbox;
        for (var read = 0; read < Batch && inbox.TryTake(context.Life, out var message); read++)
        {
            PassOn(message);
        }

        desks.Queries.AskWaiting();
        if (inbox.EndReading(context.Life))
        {
            context.Self.Tell(ToEngine.ReadInbox.Instance, context.Self);
        }
    }

    private void PassOn(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.Append { Fault: { } fault } append:
                context.CancelAppend(append.Request, new CancelReason.NotCommitted(NotCommittedReason.Invalid, fault));
                break;
            case ToEngine.Append append:
                if (!desks.Stopping.Refuse(append))
                {
                    desks.Appends.Submit(append);
                }

                break;
            case ToEngine.Get get:
                desks.Gets.Submit(get);
                break;
            case ToEngine.Query query:
                desks.Queries.Submit(query);
                break;
            case ToEngine.Change change:
                desks.Changes.Submit(change);
                break;
            case ToEngine.Explain explain:
                var text = EngineExplanation.Of(context, core, desks);
                explain.ReplyTo.Tell(new Explanation(explain.Request, text), context.Self);
                break;
            case ToEngine.Judged judged:
                desks.Proposals.OnJudged(judged);
                break;
            case ToEngine.Served served:
                desks.Serving.OnServed(served);
                break;
            case ToEngine.WantSnapshot:
                desks.Snapshots.Ask();
                break;
            case ToEngine.StateBegun begun:
                desks.Snapshots.OnStateBegun(begun.Serial);
                break;
            case ToEngine.State state:
                desks.Snapshots.OnState(state);
                break;
            case ToEngine.Unreadable unreadable:
                stop(unreadable.Detail);
                break;
        }
    }
}
