using RaftActors.Core;

namespace RaftActors;

/// <content> The ends of Appends whose pair is delivered. </content>
public abstract partial class RaftActor<TValue, TResult>
{
    // Ends an Append whose pair HandleAppend has handled.
    private protected virtual void Complete(RequestRef own, Serial serial, TResult result) =>
        _process.Appends.Complete(own, serial, result, Self);

    private protected void CompleteAsUnknown(RequestRef own, UnknownReason reason) =>
        _process.Appends.Cancel(own, new CancelReason.Unknown(reason), Self);

    // The result is kept, or there is none.
    private protected virtual void Complete(RequestRef? request, Serial serial)
    {
        if (request is { } own)
        {
            _process.Appends.Complete(own, serial, Self, _results);
        }
    }
}
