using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Takes snapshots of this process's own actor. If enough was committed since the last one, the desk asks the actor for its state. Core
/// describes the snapshot when the actor begins to make it: a large state takes long, and the entries may leave the memory meanwhile. The
/// store saves both. Then Core discards the entries that the snapshot covers.
/// </summary>
internal sealed class SnapshotDesk(EngineContext context, RaftCore core, Action<Input> step)
{
    // Roughly the bytes of an entry in the log, without its pair.
    private const int EntryOverheadBytes = 64;

    private Stage _stage;

    // The snapshot whose state the actor makes, described without its length. Null: the actor has not begun, or began too late.
    private (Serial Serial, Snapshot Description)? _begun;

    // The actor began too late: entries that the description needs had left the memory. So the desk asks again.
    private bool _isLate;

    // The commit index at the latest question to the actor, and the bytes of the pairs committed since.
    private LogIndex _askedAt;
    private long _bytes;

    // The index of the first known configuration. A snapshot needs a configuration, so it may not end before it.
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
            return _isLate || ((entries >= settings.AfterEntries || _bytes >= settings.AfterBytes)
                && _bytes + (entries * EntryOverheadBytes) >= LatestBytes / 2);
        }
    }

    // A state may hold all pairs ever appended. Writing it at a fixed interval would cost the square of n bytes for n pairs. So a snapshot
    // is due when the log has grown by half the length of the latest snapshot. Then all snapshots together are a few times as long as the
    // log.
    private long LatestBytes => core.Snapshot?.Length ?? 0;

    public void OnCommitted(LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Key is { } key)
            {
                _bytes += key.Length + entry.Value.Length;
            }
            else if (entry.Configuration is not null)
            {
                _firstConfiguration ??= entry.Index;
            }
        }

        AskIfDue();
    }

    /// <summary>A snapshot of another process was installed. It covers all committed entries.</summary>
    public void OnInstalled(Snapshot snapshot)
    {
        _bytes = 0;
        _firstConfiguration ??= snapshot.ConfigurationIndex;
    }

    /// <summary>A new life of the actor began. A question to the life before it is lost.</summary>
    public void OnAttached()
    {
        if (_stage == Stage.Asked)
        {
            EndQuestion();
        }

        AskIfDue();
    }

    /// <summary>Asks the actor for its state, if it takes snapshots and none is under way.</summary>
    public void Ask()
    {
        if (_stage == Stage.Idle && context is { HasActor: true, TakesSnapshots: true })
        {
            (_stage, _askedAt, _bytes, _isLate) = (Stage.Asked, context.Commit, 0, false);
            step(new Input.SnapshotPlanned(context.Commit));
            context.TellActor(new ToActor.TakeSnapshot(context.Life));
        }
    }

    /// <summary>The actor makes its state after the pairs up to this serial.</summary>
    public void OnStateBegun(Serial serial)
    {
        if (_stage != Stage.Asked)
        {
            return;
        }

        _isLate = serial < core.Floor.Serial;
        if (!_isLate
            && context.Process.Pairs.LastIndexOf(serial) is { } index
            && index > Latest
            && index >= _firstConfiguration)
        {
            _begun = (serial, core.DescribeSnapshot(index, 0));
        }

        step(new Input.SnapshotPlanned(null));
    }

    public void OnState(ToEngine.State state)
    {
        if (_stage != Stage.Asked)
        {
            return;
        }

        var begun = _begun;
        EndQuestion();
        if (state.Bytes is { } bytes
            && begun is var (serial, description)
            && serial == state.Serial
            && description.Position.Index > Latest)
        {
            _stage = Stage.Saving;
            context.Process.Store.SaveSnapshot(description with { Length = bytes.Length }, bytes);
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

    private void EndQuestion()
    {
        (_stage, _begun) = (Stage.Idle, null);
        step(new Input.SnapshotPlanned(null));
    }

    private void AskIfDue()
    {
        if (IsDue)
        {
            Ask();
        }
    }
}
