using Akka.Actor;
using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Engine.Requests;

/// <summary>
/// With <c>raft.joining = auto</c>: asks the group to take this process in, when a member tells that it has no place, or the log tells that
/// it has none any more.
/// </summary>
internal sealed class SelfJoining(EngineContext context) : IEnginePart
{
    private bool _wantsPlace;
    private bool _isAsking;
    private long _askAt;

    public bool NeedsTicks => _wantsPlace && !_isAsking;

    public void OnStarted() => Want(context.Configuration is { } known && !HasPlace(known));

    public void OnConfiguration(Configuration? before, LogIndex index, Configuration configuration) => Want(!HasPlace(configuration));

    public void OnInstalled(Snapshot snapshot) => Want(!HasPlace(snapshot.Configuration));

    public void OnRefused(RefusalReason reason) =>
        Want(_wantsPlace || reason is RefusalReason.NotInRoster or RefusalReason.Removed);

    public void OnTick()
    {
        if (NeedsTicks && context.Now >= _askAt && context.Process.AskForPlace is { } ask)
        {
            _isAsking = true;
            ask().PipeTo(
                context.Self,
                context.Self,
                outcome => new ToEngine.JoinAsked(outcome.Failure),
                problem => new ToEngine.JoinAsked(RaftFailure.NotDone(FailureReason.Unavailable, problem.Message)));
        }
    }

    public void OnAsked(ToEngine.JoinAsked asked)
    {
        var failure = asked.Failure;
        context.Log.Info("{0} asked the group to take it in: {1}", context.Process.Name, failure?.ToString() ?? "it has a place");
        _isAsking = false;
        _wantsPlace &= failure is not (null or { Reason: FailureReason.Invalid });
        _askAt = context.Now + context.Core.Options.ElectionTimeoutMaxTicks;
    }

    private bool HasPlace(Configuration configuration) => configuration.HasName(context.Process.Name);

    private void Want(bool wantsPlace) => _wantsPlace = wantsPlace && context.Process.AskForPlace is not null;
}
