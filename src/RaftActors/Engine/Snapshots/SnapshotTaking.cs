using System.Runtime.ExceptionServices;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Takes snapshots of this process's own actor. If enough was committed since the last one, it asks the actor for its state. Core describes
/// the snapshot when the actor begins to make it: a large state takes long, and the entries may leave the memory meanwhile. The store saves
/// both: a block at once, and a stream while the actor goes on. Then Core discards the entries that the snapshot covers. A waiting call
/// of a client makes a snapshot due, too.
/// </summary>
internal sealed class SnapshotTaking(EngineContext context)
{
    // Roughly the bytes of an entry in the log, without its pair.
    private const int EntryOverheadBytes = 64;

    // An answer of the actor may make no snapshot: for instance, the actor has pairs whose commit is not known here. The calls that wait
    // ask it again after this time, and not with the next commit: under load the actor would do nothing but make states.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SnapshotCalls _calls = new(context);

    private Stage _stage;

    // The snapshot whose state the actor makes, described without its length. Null: the actor has not begun, or began too late.
    private (Serial Serial, Snapshot Description)? _begun;

    // The actor is asked again: it began too late, when entries that the description needs had left the memory, or a new life of the actor
    // ended the stream.
    private bool _mustRepeat;

    // The state that is being written; null: none. A cancelled one stays until its writer has returned.
    private StateStreaming? _streaming;

    // Asks another process, whose state takes the place of the actor's; null: the actor is asked.
    private Action? _askOther;

    // The state that is being written is that of the other process.
    private bool _isOfOther;

    // The commit index at the latest question to the actor, and the bytes of the pairs committed since.
    private LogIndex _askedAt;
    private long _bytes;

    // The index of the first known configuration. A snapshot needs a configuration, so it may not end before it.
    private LogIndex? _firstConfiguration = context.Core.CommittedConfiguration?.Index;

    // The tick from which on waiting calls ask the actor again.
    private long _nextAt;

    private enum Stage
    {
        Idle,
        Asked,
        Streaming,
        Saving,
    }

    /// <summary>Calls wait for a snapshot, or the actor for another state.</summary>
    public bool HasWaiting => _calls.Count > 0 || _askOther is not null;

    private string Progress => _stage switch
    {
        Stage.Idle => "its actor is asked for the state soon",
        Stage.Asked => "its actor has not given the state yet",
        _ => "the state is being written",
    };

    private LogIndex Latest => context.Core.Snapshot?.Position.Index ?? LogIndex.Zero;

    private bool IsDue
    {
        get
        {
            var settings = context.Process.Settings.Snapshots;
            var since = Latest > _askedAt ? Latest : _askedAt;
            var entries = context.Commit.Value - since.Value;
            return _mustRepeat || (IsWanted && !IsPausing) || ((entries >= settings.AfterEntries || _bytes >= settings.AfterBytes)
                && _bytes + (entries * EntryOverheadBytes) >= LatestBytes / 2);
        }
    }

    // A snapshot that is being installed covers all that is committed. The actor cannot give a later state before it is durable.
    private bool IsWanted =>
        HasWaiting && Latest <= (context.Process.Snapshot?.Position.Index ?? LogIndex.Zero);

    private bool IsPausing => context.Now < _nextAt;

    // A state may hold all pairs ever appended. Writing it at a fixed interval would cost the square of n bytes for n pairs. So a snapshot
    // is due when the log has grown by half the length of the latest snapshot. Then all snapshots together are a few times as long as the
    // log.
    private long LatestBytes => context.Core.Snapshot?.Length ?? 0;

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
        if (_streaming?.Description.Position.Index <= snapshot.Position.Index)
        {
            _streaming.Cancel();
        }
    }

    /// <summary>
    /// A life of the actor has ended. A question to it is lost, and so is a state that it has not written: its writer may read what ends
    /// with the actor.
    /// </summary>
    public void OnLifeEnded()
    {
        DropState();
        _calls.OnLifeEnded();
    }

    private void DropState()
    {
        if (_stage == Stage.Asked)
        {
            EndQuestion();
        }
        else if (_stage == Stage.Streaming)
        {
            _mustRepeat = true;
            _streaming?.Cancel();
        }
    }

    /// <summary>The next snapshot is not of this process's actor, whose state is wrong.</summary>
    /// <param name="ask">Asks another process for its state. Its answer is <see cref="OnOffered"/>.</param>
    public void TakeFromOther(Action ask)
    {
        DropState();
        _askOther = ask;
        AskIfWanted();
    }

    /// <summary>Another process has a snapshot up to this serial.</summary>
    /// <param name="copy">Copies its state; null: the process could not be asked.</param>
    public void OnOffered(Serial serial, StateWriter? copy)
    {
        if (_askOther is not null && _stage == Stage.Asked)
        {
            Begin(serial);
            End(new(serial, new TakenState(null, copy)));
            _isOfOther = _stage == Stage.Streaming;
        }
    }

    /// <summary>A new life of the actor began.</summary>
    public void OnAttached() => AskIfDue();

    public void Submit(ClientCall.TakeSnapshot call, ICanTell client)
    {
        if (_calls.Submit(call, client, Progress))
        {
            AskIfWanted();
        }
    }

    /// <summary>A snapshot of another process is durable.</summary>
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

    /// <summary>The engine has stopped.</summary>
    public void OnStopped()
    {
        _streaming?.Cancel();
        _calls.OnStopped();
    }

    /// <summary>Asks the actor for its state, if it takes snapshots and none is under way.</summary>
    public void Ask()
    {
        if (_stage == Stage.Idle && context is { HasActor: true, TakesSnapshots: true })
        {
            (_stage, _askedAt, _bytes, _mustRepeat) = (Stage.Asked, context.Commit, 0, false);
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

    /// <summary>The actor makes its state after the pairs up to this serial.</summary>
    public void OnStateBegun(Serial serial)
    {
        if (_stage == Stage.Asked && _askOther is null)
        {
            Begin(serial);
        }
    }

    /// <summary>The actor gives its state, or has failed to.</summary>
    public void OnState(ToEngine.State state)
    {
        if (_askOther is null)
        {
            End(state);
        }
        else if (state.Taken.Writer is { } writer)
        {
            StateStreaming.Release(writer);
        }
    }

    private void Begin(Serial serial)
    {
        _mustRepeat = serial < context.Core.Floor.Serial;
        if (!_mustRepeat
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
        var (begun, isAsked) = (_begun, _stage == Stage.Asked);
        var isWanted = isAsked
            && begun is var (serial, description)
            && serial == state.Serial
            && description.Position.Index > Latest;
        if (isAsked)
        {
            EndQuestion();
        }

        if (state.Taken.Writer is { } writer)
        {
            Stream(isWanted ? begun?.Description : null, writer);
        }
        else if (isWanted && begun is (_, var wanted) && state.Taken.Bytes is { } bytes)
        {
            Save(wanted, bytes);
        }
        else if (isAsked && state.Failure is { } failure)
        {
            _calls.OnFailed(failure);
        }
    }

    /// <summary>The writer of the state has returned, or failed. A store with streams has reported a saved snapshot before.</summary>
    public void OnStreamed(StoreNews.StateStreamed news)
    {
        if (news.Streaming != _streaming)
        {
            return;
        }

        var (description, isOfOther) = (news.Streaming.Description, _isOfOther);
        (_stage, _streaming, _isOfOther) = (Stage.Idle, null, false);
        if (news.Collected is { } bytes && !news.Streaming.IsCancelled && description.Position.Index > Latest)
        {
            Save(description, bytes);
            _isOfOther = isOfOther;
        }
        else if (news is { Failure: { } failure, Streaming.IsCancelled: false })
        {
            _calls.OnFailed(failure is StoreException ? failure.Message : FailureText.Of(failure));
            if (failure is not StoreException)
            {
                context.TellActor(new ToActor.Throw(context.Life, ExceptionDispatchInfo.Capture(failure)));
            }
        }

        AskIfDue();
    }

    public void OnSaved(Snapshot snapshot)
    {
        (_stage, _streaming) = (Stage.Idle, null);
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

    private void Save(Snapshot description, ReadOnlyMemory<byte> bytes)
    {
        _stage = Stage.Saving;
        context.Process.Store.SaveSnapshot(description with { Length = bytes.Length }, bytes);
    }

    /// <param name="description">Null: the snapshot is not needed.</param>
    private void Stream(Snapshot? description, StateWriter writer)
    {
        if (description is null)
        {
            StateStreaming.Release(writer);
            return;
        }

        _stage = Stage.Streaming;
        _streaming = StateStreaming.Start(context.Process.Store, description, writer, context.Self);
    }

    private void EndQuestion()
    {
        (_stage, _begun, _nextAt) = (Stage.Idle, null, context.DeadlineAfter(Pause));
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
        if (IsDue)
        {
            Ask();
        }
    }
}
