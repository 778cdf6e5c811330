using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Snapshots of this process's own actor: asks for its state when enough was committed since the last one, has the store save it, and then
/// tells Core, which discards what it stands for.
/// </summary>
internal sealed class SnapshotDesk(EngineContext context, RaftCore core, Action<Input> step)
{
    // What an entry takes in the log beside the bytes of its pair, roughly.
    private const int EntryOverheadBytes = 64;

    private Stage _stage;

    // Up to where was committed when the actor was asked last, and the bytes of pairs since.
    private LogIndex _askedAt;
    private long _bytes;

    // The first configuration in the log: a snapshot needs one. What is at its place is older than any snapshot that there was.
    private LogIndex? _firstConfiguration = core.Snapshot?.ConfigurationIndex;

    private enum Stage
    {
        Idle,
        Asked,
        Saving,
    }

    private LogIndex Latest => core.Snapshot?.Position.Index ?? LogIndex.Zero;

    private bool IsDue
    {
        get
        {
            var settings = context.Process.Settings.Snapshots;
            var since = Latest > _askedAt ? Latest : _askedAt;
            var entries = context.Commit.Value - since.Value;
            return (entries >= settings.AfterEntries || _bytes >= settings.AfterBytes)
                && _bytes + (entries * EntryOverheadBytes) >= LatestBytes / 2;
        }
    }

    // A state that holds all that was ever appended would else be written again and again, and in the end nothing else: n pairs would cost
    // the square of n bytes. So each snapshot has at least half as much of the log to stand for as the one before was long, and all of them
    // together are not longer than a few times the log.
    private long LatestBytes => core.Snapshot?.Length ?? 0;

    public void OnCommitted(LogSlice entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Payload is Payload.Pair pair)
            {
                _bytes += pair.Key.Length + pair.Value.Length;
            }
            else if (entry.Payload is Payload.Reconfigure)
            {
                _firstConfiguration ??= entry.Index;
            }
        }

        AskIfDue();
    }

    /// <summary>Another process's snapshot stands for everything that is committed here.</summary>
    public void OnInstalled(Snapshot snapshot)
    {
        _bytes = 0;
        _firstConfiguration ??= snapshot.ConfigurationIndex;
    }

    /// <summary>A new life of the actor was not asked what the one before left unanswered.</summary>
    public void OnAttached()
    {
        _stage = _stage == Stage.Asked ? Stage.Idle : _stage;
        AskIfDue();
    }

    /// <summary>Asks the actor, if it can answer and nothing is under way.</summary>
    public void Ask()
    {
        if (_stage == Stage.Idle && context is { HasActor: true, TakesSnapshots: true })
        {
            (_stage, _askedAt, _bytes) = (Stage.Asked, context.Commit, 0);
            context.TellActor(new ToActor.TakeSnapshot(context.Life));
        }
    }

    public void OnState(ToEngine.State state)
    {
        if (_stage != Stage.Asked)
        {
            return;
        }

        _stage = Stage.Idle;
        if (state.Bytes is { } bytes
            && context.Process.Pairs.LastIndexOf(state.Serial) is { } index
            && index > Latest
            && index >= _firstConfiguration)
        {
            _stage = Stage.Saving;
            context.Process.Store.SaveSnapshot(core.DescribeSnapshot(index, bytes.Length), bytes);
        }
    }

    public void OnSaved(Snapshot snapshot)
    {
        _stage = Stage.Idle;
        if (snapshot.Position.Index > Latest)
        {
            context.Process.View = context.Process.View with { Snapshot = snapshot };
        }

        step(new Input.SnapshotTaken(snapshot));
    }

    private void AskIfDue()
    {
        if (IsDue)
        {
            Ask();
        }
    }
}
