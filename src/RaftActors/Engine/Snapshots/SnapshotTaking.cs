using System.Runtime.ExceptionServices;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Takes snapshots of this process's own actor. When enough was committed since the last one, or a client's call waits for one, it asks
/// the actor for its state. Core describes the snapshot when the actor begins, because a large state takes long and the entries may leave
/// the memory meanwhile. <see cref="StateWriting"/> writes the state into the store while the actor goes on. Then Core discards the
/// entries that the snapshot covers.
/// </summary>
internal sealed class SnapshotTaking(EngineContext context) : IEnginePart
{
    // Roughly the bytes of an entry in the log, without its pair.
    private const int EntryOverheadBytes = 64;

    // The log after the latest snapshot, in parts of what makes a snapshot due, at which a process waits for its turn no longer. Otherwise
    // the log would grow without bound if the time in the log stood still.
    private const double PartsMax = 2;

    // An answer of the actor may make no snapshot, for instance because the commit of the actor's last pair is not known here. Waiting
    // calls then ask it again only after this pause. If they asked after each commit, a busy actor would do nothing but make states.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Without room for a snapshot, no pairs may come that make another one due, and the log shrinks by a snapshot alone.
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(30);

    private readonly SnapshotCalls _calls = new(context);

    // The actor, or another process, was asked for its state and has not answered.
    private bool _isAsked;

    // The snapshot whose state the actor makes. Its description lacks the length. Null if the actor has not begun, or began too late.
    private (Serial Serial, Snapshot Description)? _begun;

    // The actor is asked again, because it began after entries that the description needs had left the memory, or its end ended the
    // writer.
    private bool _mustRepeat;

    // The state that is being written, or null. A cancelled one stays until its writer has returned.
    private StateWriting? _writing;

    // Asks another process for the state that replaces the actor's; null to ask the actor.
    private Action? _askOther;
    private bool _isOfOther;

    // The commit index when the actor was asked last, and the bytes of the pairs committed since.
    private LogIndex _askedAt;
    private long _bytes;

    // The time of the last committed pair. After a start, that of the last pair of the log.
    private LogTime _time = context.Core.LastPosition.Time;

    // The time at which a snapshot became due, or null.
    private LogTime? _dueAt;

    // A snapshot needs a configuration, so it may not end before the first known one.
    private LogIndex? _firstConfiguration = context.Core.CommittedConfiguration?.Index;

    // The store has refused the latest snapshot, so another one is taken after a pause.
    private bool _isRefused;

    // From this tick on, waiting calls ask the actor again.
    private long _nextAt;

    /// <summary>
    /// Calls wait for a snapshot, the actor waits for another state, or a refused snapshot is taken again. Only a later snapshot of another
    /// process replaces the own one, so to ask for one before the next commit would be in vain, each second.
    /// </summary>
    public bool NeedsTicks => _calls.Count > 0 || (_askOther is not null && Latest < context.Commit) || _isRefused;

    private string Progress =>
        _writing is not null ? "the state is being written"
        : _isAsked ? "its actor has not given the state yet"
        : "its actor is asked for the state soon";

    private LogIndex Latest => context.Core.Snapshot?.Position.Index ?? LogIndex.Zero;

    // A snapshot that is being installed covers all that is committed, so the actor has no later state to give until it is durable.
    private bool IsWanted =>
        NeedsTicks && Latest <= (context.Process.Snapshot?.Position.Index ?? LogIndex.Zero);

    private bool IsPausing => context.Now < _nextAt;

    private long LatestBytes => context.Core.Snapshot?.Length ?? 0;

    // A state may hold all pairs ever appended, so writing it at a fixed interval would write n² bytes for n pairs. So a snapshot is due
    // when the log has grown by half the length of the latest one. All snapshots together are then a few times as long as the log.
    private double Parts
    {
        get
        {
            var settings = context.Process.Settings.Snapshots;
            var since = Latest > _askedAt ? Latest : _askedAt;
            var entries = (double)(context.Commit.Value - since.Value);
            return Math.Min(
                Math.Max(entries / settings.AfterEntries, (double)_bytes / settings.AfterBytes),
                (_bytes + (entries * EntryOverheadBytes)) / Math.Max(1, LatestBytes / 2));
        }
    }

    public void OnCommitted(LogSlice entries, Serial before)
    {
        if (!entries.IsEmpty)
        {
            _time = entries[^1].Time;
        }

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
        (_bytes, _isRefused, _time, _dueAt) = (0, false, snapshot.Position.Time, null);
        _firstConfiguration ??= snapshot.ConfigurationIndex;
        if (_writing?.Description.Position.Index <= snapshot.Position.Index)
        {
            _writing.Cancel();
        }
    }

    /// <summary>
    /// Drops the question to an actor that has ended, and the state that it has not fully written, because the writer may read what ends
    /// with the actor.
    /// </summary>
    public void OnLifeEnded()
    {
        DropState();
        _calls.OnLifeEnded();
    }

    private void DropState()
    {
        if (_isAsked)
        {
            EndQuestion();
        }
        else if (_writing is { IsBlock: false } writing)
        {
            _mustRepeat = true;
            writing.Cancel();
        }
    }

    /// <summary>Takes the next snapshot from another process, because the state of this one's actor is wrong.</summary>
    /// <param name="ask">Asks the other process for its state. The answer comes by <see cref="OnOffered"/>.</param>
    public void TakeFromOther(Action ask)
    {
        DropState();
        _askOther = ask;
        AskIfWanted();
    }

    /// <summary>Takes the snapshot of another process, up to this serial.</summary>
    /// <param name="copy">Copies its state, or null if the process could not be asked.</param>
    public void OnOffered(Serial serial, StateWriter? copy)
    {
        if (_askOther is not null && _isAsked)
        {
            Begin(serial);
            End(new(serial, copy, IsBlock: false));
            _isOfOther = _writing is not null;
        }
    }

    public void OnAttached(Serial last) => AskIfDue();

    public void Submit(ClientCall.TakeSnapshot call, ICanTell client)
    {
        if (_calls.Submit(call, client, Progress))
        {
            AskIfWanted();
        }
    }

    public void OnDurable() => _calls.OnDurable();

    public void OnFenced(string why) => _calls.OnFenced(why);

    public void OnTick()
    {
        _calls.OnTick(Progress);
        if (!IsPausing)
        {
            AskIfWanted();
        }
    }

    public void OnStopped()
    {
        _writing?.Cancel();
        _calls.OnStopped();
    }

    /// <summary>Asks the actor for its state, if it takes snapshots and none is in progress.</summary>
    public void Ask()
    {
        if (!_isAsked && _writing is null && context is { HasActor: true, TakesSnapshots: true })
        {
            (_isAsked, _askedAt, _bytes, _mustRepeat, _isRefused, _dueAt) = (true, context.Commit, 0, false, false, null);
            context.Step(new Input.SnapshotPlanned(context.Commit));
            if (_askOther is { } ask)
            {
                ask();
            }
            else
            {
                context.TellActor(new ToActor.TakeSnapshot(context.Life));
            }
        }
    }

    /// <summary>Describes the snapshot, because the actor makes its state after the pairs up to this serial.</summary>
    public void OnStateBegun(Serial serial)
    {
        if (_isAsked && _askOther is null)
        {
            Begin(serial);
        }
    }

    /// <summary>Takes the state of the actor, or its failure.</summary>
    public void OnState(ToEngine.State state)
    {
        if (_askOther is null)
        {
            End(state);
        }
        else
        {
            StateWriting.Release(state);
        }
    }

    private void Begin(Serial serial)
    {
        var isTooLate = serial < context.Core.Floor.Serial;

        // Another process has no later state so soon, or could not be asked, so it is asked after the pause.
        _mustRepeat = isTooLate && _askOther is null;
        if (!isTooLate
            && context.Process.Pairs.LastIndexOf(serial) is { } index
            && index > Latest
            && index >= _firstConfiguration)
        {
            _begun = (serial, context.Core.DescribeSnapshot(index, 0));
        }

        context.Step(new Input.SnapshotPlanned(null));
    }

    private void End(ToEngine.State state)
    {
        var (begun, isAsked) = (_begun, _isAsked);
        if (isAsked)
        {
            EndQuestion();
        }

        if (state.Writer is not { } writer)
        {
            if (isAsked && state.Failure is { } failure)
            {
                _calls.OnFailed(failure);
            }
        }
        else if (isAsked && begun is var (serial, description) && serial == state.Serial && description.Position.Index > Latest)
        {
            _writing = StateWriting.Start(context.Process.Store, description, writer, state.IsBlock, context.Self, LatestBytes);
        }
        else
        {
            StateWriting.Release(state);
        }
    }

    /// <summary>Ends the snapshot after its writer has failed or was cancelled.</summary>
    public void OnNotSaved(StoreNews.StateNotSaved news)
    {
        if (news.Writing != _writing)
        {
            return;
        }

        (_writing, _isOfOther) = (null, false);
        if (news is { Failure: var failure, Writing.IsCancelled: false })
        {
            _calls.OnFailed(failure is StoreException ? failure.Message : FailureText.Of(failure));
            if (failure is StoreException)
            {
                (_isRefused, _nextAt) = (true, context.DeadlineAfter(PauseAfterRefusal));
            }
            else
            {
                context.TellActor(new ToActor.Throw(context.Life, ExceptionDispatchInfo.Capture(failure)));
            }
        }

        AskIfDue();
    }

    public void OnSaved(Snapshot snapshot)
    {
        (_writing, _mustRepeat) = (null, false);
        if (snapshot.Position.Index > Latest)
        {
            context.Process.Snapshot = snapshot;
        }

        context.Step(new Input.SnapshotTaken(snapshot));
        _calls.OnDurable();
        if (_isOfOther)
        {
            (_isOfOther, _askOther) = (false, null);
            var replaced = new StateReplacedException(context.Process.Name, snapshot.Position.Serial);
            context.TellActor(new ToActor.Throw(context.Life, ExceptionDispatchInfo.Capture(replaced)));
        }

        AskIfWanted();
    }

    private void EndQuestion()
    {
        (_isAsked, _begun, _nextAt) = (false, null, context.DeadlineAfter(Pause));
        context.Step(new Input.SnapshotPlanned(null));
    }

    private void AskIfWanted()
    {
        if (IsWanted)
        {
            Ask();
        }
    }

    private void AskIfDue()
    {
        if (_mustRepeat || (IsWanted && !IsPausing) || IsDue())
        {
            Ask();
        }
    }

    private bool IsDue()
    {
        if (Parts is var parts && parts < 1)
        {
            _dueAt = null;
            return false;
        }

        _dueAt ??= _time;
        return parts >= PartsMax
            || new SnapshotTurn(context.Configuration, context.Process.Member, LatestBytes).IsNow(_dueAt.Value, _time, context.Leads);
    }
}
