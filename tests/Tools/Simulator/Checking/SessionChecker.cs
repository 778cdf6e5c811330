using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// The sessions of a snapshot are those of its index. A request may be refused as expired only if the committed entries show that it may
/// have been forgotten.
/// </summary>
internal sealed class SessionChecker(Ledger ledger, SessionBounds bounds)
{
    private SessionModel _model = new(bounds);

    public void OnSnapshot(SimulatedProcess process, Snapshot snapshot)
    {
        if (!At(snapshot.Position.Index.Value).IsIn(snapshot))
        {
            throw new Violation("sessions", $"{process.Member} has a snapshot {snapshot} whose sessions are not those of its index");
        }
    }

    public void OnExpired(SimulatedProcess process, RequestId request, Serial started)
    {
        var commit = process.Core!.CommitIndex.Value;
        if (commit <= ledger.Count && !At(commit).MayHaveForgotten(request, started))
        {
            throw new Violation("sessions", $"{process.Member} refuses {request} as expired at {commit}, but it was not forgotten");
        }
    }

    /// <summary>The origin is closed, so no attempt of this request may be appended.</summary>
    public bool IsClosed(RequestId request) => At(ledger.Count).IsClosed(request);

    private SessionModel At(long index)
    {
        _model = index < _model.Index ? new SessionModel(bounds) : _model;
        while (_model.Index < index)
        {
            _model.Add(ledger[_model.Index + 1]);
        }

        return _model;
    }
}
