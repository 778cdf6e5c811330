using RaftActors.Delivery;

namespace RaftActors;

/// <content> The results of HandleAppend, which the actor keeps for repeats, and the ends of the Appends. </content>
public abstract partial class RaftActor<TValue, TResult>
{
    private KeptResults<TResult> _results = null!;

    // The pair that HandleSerial handles.
    private StoredPair? _fetched;

    /// <summary>
    /// Converts results to bytes and back, for repeats and for callers on other nodes. A node without such an actor needs
    /// <see cref="RaftActors.Raft.AddResultType{TResult}"/>. Default: null, for a type that needs no codec or has a serializer.
    /// </summary>
    protected virtual RaftCodec<TResult>? ResultCodec => null;

    /// <summary>
    /// Called with a pair that this actor fetched by Get, in the order of the Gets. The same pair does not come through HandleAppend. If a
    /// Get of a missing pair was cancelled, HandleAppend delivers that pair before the ones behind it, so the serials stay in order.
    /// Default: calls <see cref="HandleAppend"/>, and keeps its result for repeats. Without a call of the default there is no result.
    /// </summary>
    /// <param name="entry">The pair. <see cref="Entry{TValue}.Request"/> is the ref of the Get.</param>
    protected virtual void HandleSerial(Entry<TValue> entry)
    {
        var result = HandleAppend(entry);
        if (_fetched is { } pair)
        {
            _results.Add(pair, result);
        }
    }

    private void Run(DeliveryStep.Answer answer)
    {
        var entry = Raft.ToEntry(answer.Pair, answer.Request ?? _process.NewRequest());
        using var span = _process.Telemetry.ApplySpans.Begin(entry.Serial);
        var start = _process.Telemetry.Applies.Start();
        _fetched = answer.Pair;
        HandleSerial(entry);
        _fetched = null;
        _process.Telemetry.Applies.Stop(start);
        OnPassed(entry.Serial);
        Complete(answer.Own, entry.Serial);
    }

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
