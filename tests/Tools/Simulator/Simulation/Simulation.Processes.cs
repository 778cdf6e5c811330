using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Simulator;

/// <content>Starts, ticks, messages, writes and effects of processes.</content>
internal sealed partial class Simulation
{
    private void StartProcess(SimulatedProcess process, int starts)
    {
        if (process.IsRunning || process.Starts != starts)
        {
            return;
        }

        process.FormatLevel = NextProgram(process);
        process.Settings = _plan.HasUnequalSettings && !_isHealed ? GroupPlan.DrawSettings(process.Options, _settings) : process.Options;
        Note(process, _plan.HasUpgrades ? $"starts with a program of format level {process.FormatLevel}" : "starts");
        process.Start(_prng.Next());
        Meet(process, Feature.Starts);
        _matching.OnStart(process);
        Tla?.OnStart(process, _now);
        if (_full.Contains(process))
        {
            Step(process, new Input.DiskSpace(IsShort: true));
        }

        var first = _now + 1 + _prng.Between(0, (int)process.TickInterval);
        process.TickedAt = first - process.TickInterval;
        _queue.Add(first, EventKind.Tick, process.Number, process.Starts);

        // A process that joins knows no other one after a restart, until the shell reaches one. With an old program it is not taken in, so
        // none sends it anything more.
        if (_prng.Chance(50) || _plan.HasUpgrades)
        {
            foreach (var other in _processes)
            {
                if (other != process && other.IsRunning)
                {
                    Step(process, new Input.PeerReachable(other.Name));
                }
            }
        }
    }

    private void Crash(SimulatedProcess process)
    {
        if (!process.IsRunning)
        {
            return;
        }

        Note(process, "crashes");
        Totals.Crashes++;
        if (_plan.IsPlain && _prng.Chance(50))
        {
            Cover(process); // Nothing is lost.
        }

        Tla?.OnCrash(process, _now);
        Meet(process, Feature.Crashes);
        process.Crash(_prng);
        process.Appending.Clear();
        process.Reading.Clear();
        if (_restored.Contains(process.Number))
        {
            // A copy that is started again reaches the boot number of the store, and then it cannot be detected. So it is dropped.
            Empty(process);
        }
    }

    private void StartLater(SimulatedProcess process, long after) =>
        _queue.Add(_now + after, EventKind.Start, process.Number, process.Starts);

    private void Tick(SimulatedProcess process, int start)
    {
        if (!process.IsRunning || process.Starts != start)
        {
            return;
        }

        // Ticks may be late, and are never early. Those that are over by then come at once.
        var late = !_isHealed && !_plan.HasPunctualTicks && _prng.Chance(5) ? _prng.Between(0, 3000) : 0;
        if (process is { IsPaused: false, Core.IsQuiescent: true })
        {
            process.TickedAt = _now;
        }

        CatchUp(process);
        if (process is { IsPaused: false, Watch: { } watch })
        {
            Watch(process, watch);
        }

        _queue.Add((process.IsPaused ? _now : process.TickedAt) + process.TickInterval + late, EventKind.Tick, process.Number, start);
    }

    /// <summary>Counts the ticks that are over. They come before any other input, as in the shell.</summary>
    private void CatchUp(SimulatedProcess process)
    {
        while (process is { IsPaused: false, Core.IsQuiescent: false } && _now - process.TickedAt >= process.TickInterval)
        {
            process.TickedAt += process.TickInterval;
            Step(process, new Input.Applied(process.Applied));
            Step(process, Input.Tick.Instance);
        }
    }

    private void OnSent()
    {
        Totals.UnderWayMost = Math.Max(Totals.UnderWayMost, ++_underWay);
        var intervals = _now / TickMicroseconds / _processes[0].Options.HeartbeatTicks;
        var most = MessagesMax + (MessagesPerCommit * _ledger.Count) + (MessagesPerPair * _processes.Count * _processes.Count * intervals);
        if (_underWay > UnderWayMax || Totals.Messages > most)
        {
            throw new Violation(
                "storm",
                $"{_underWay} messages are under way, {UnderWayMax} may be; {Totals.Messages} were delivered for {_ledger.Count} commits, "
                + $"{most} may be");
        }
    }

    private void Deliver(SimulatedProcess process, Envelope envelope)
    {
        _underWay--;
        if (!process.IsRunning || (_numbers.TryGetValue(envelope.From.Name, out var from) && _network.IsCut(from, process.Number)))
        {
            return;
        }

        if (process.IsPaused)
        {
            process.Inbox.Enqueue(envelope);
            return;
        }

        Receive(process, envelope);
    }

    private void Receive(SimulatedProcess process, Envelope envelope)
    {
        if (OldProgram.CanRead(process.FormatLevel, envelope.Body) && !IsLost(process, envelope))
        {
            Totals.Messages++;
            Step(process, new Input.Receive(envelope));
        }
    }

    // A store refuses a program that cannot read it, and then an operator starts a newer one.
    private byte NextProgram(SimulatedProcess process) => !_plan.HasUpgrades || _isHealed
        ? FormatRange.Own.Highest
        : Math.Max(process.StoredLevel, _programs.Any([FormatRange.Own.Lowest, FormatRange.Own.Highest]));

    private void Pause(SimulatedProcess process, long lasts)
    {
        if (process.IsRunning && !process.IsPaused)
        {
            Note(process, "stands still");
            process.IsPaused = true;
            Meet(process, Feature.Paused);
            _queue.Add(_now + lasts, EventKind.Resume, process.Number, process.Starts);
        }
    }

    /// <summary>Resumes a suspended process: first the inputs that waited, then one tick in place of all missed ones.</summary>
    private void Resume(SimulatedProcess process, int start)
    {
        if (!process.IsPaused || process.Starts != start)
        {
            return;
        }

        Note(process, "goes on");
        Meet(process, Feature.Paused);
        process.IsPaused = false;
        var late = Lateness(process);
        if (IsShortPause(process, late))
        {
            NotePause(process, late, (_now - process.TickedAt) / process.TickInterval);
            CatchUp(process);
            TakeInbox(process);
        }
        else
        {
            process.TickedAt = _now;
            TakeInbox(process);
            NotePause(process, late, counted: 1);
            Step(process, Input.Tick.Instance);
        }

        WriteIfBusy(process);
    }

    private void NotePause(SimulatedProcess process, long late, long counted)
    {
        if (late > 0)
        {
            Step(process, new Input.Paused(late, counted));
        }
    }

    private void TakeInbox(SimulatedProcess process)
    {
        while (process.Inbox.TryDequeue(out var envelope))
        {
            Receive(process, envelope);
        }
    }

    private void Write(SimulatedProcess process, object write)
    {
        process.Disk.Write(write);
        WriteIfBusy(process);
    }

    private void WriteIfBusy(SimulatedProcess process)
    {
        if (process.IsRunning && process.Disk.IsBusy && !process.Disk.IsStuck && !process.IsWriting)
        {
            process.IsWriting = true;
            var most = _isHealed ? Math.Min(_plan.WriteMax, HealedMax) : _plan.WriteMax;
            var lasts = _prng.Between(1, most) * (_slow.Contains(process) ? 20 : 1);
            _queue.Add(TakenAt(_ofDisks, process, _now + lasts), EventKind.Written, process.Number, process.Starts);
        }
    }

    /// <summary>Ends one write or several. Only the last ticket is reported, since it confirms all earlier ones.</summary>
    private void FinishWrites(SimulatedProcess process, int start)
    {
        if (!process.IsRunning || process.Starts != start || !process.IsWriting)
        {
            return;
        }

        if (process.IsPaused && IsStarving)
        {
            // The report of the write waits in the mailbox.
            _queue.Add(TakenAt(_ofCores, process, _now), EventKind.Written, process.Number, start);
            return;
        }

        process.IsWriting = false;
        if (process.Disk.IsStuck || process.IsPaused)
        {
            return;
        }

        Ticket? last = null;
        foreach (var done in process.Disk.Finish(_prng))
        {
            switch (done)
            {
                case Effect.Persist persist:
                    last = persist.Ticket;
                    break;
                case Effect.StoreChunk store:
                    last = store.Ticket;
                    break;
                case Effect.InstallSnapshot install:
                    last = install.Ticket;
                    break;
                case TakenSnapshot taken:
                    Persisted(process, ref last);
                    Step(process, new Input.SnapshotTaken(taken.Snapshot));
                    break;
            }
        }

        Persisted(process, ref last);
        WriteIfBusy(process);
    }

    private void Persisted(SimulatedProcess process, ref Ticket? ticket)
    {
        if (ticket is { } done)
        {
            Step(process, new Input.Persisted(done));
            ticket = null;
        }
    }

    private void Step(SimulatedProcess process, Input input)
    {
        if (input is not (Input.Tick or Input.Paused))
        {
            CatchUp(process);
        }

        var core = process.Core!;
        var before = core.Configuration;
        Note(process, input);
        if (_plan.IsPlain && input is Input.Persisted)
        {
            Cover(process);
        }

        Tla?.Before(process, input);
        var mayHaveEffects = input is not Input.Tick || core.TicksUntilDue == 1;
        ImmutableArray<Effect> effects = [];
        if (mayHaveEffects || !SkipsTicks)
        {
            effects = core.Step(input, process.Clock(_now));
            Violation.Unless(
                mayHaveEffects || effects.IsEmpty,
                "rest",
                $"{process.Name}, {core.Role}: a tick had an effect before it was due: {effects.FirstOrDefault()}");
        }
        else
        {
            core.Skip(1);
        }

        // Before the checks of the effects, so that a trace has the step that breaks a rule.
        Tla?.After(process, input, effects, _now);
        var features = FeatureOf(input);
        foreach (var effect in effects)
        {
            Note(process, effect);
            features |= FeatureOf(process, effect);
            Carry(process, effect, before);
            if (effect is Effect.MembersDecided { Configuration.IsJoint: true })
            {
                Totals.VoterChanges++;
            }

            if (input is Input.Tick && effect is Effect.MembersDecided decided)
            {
                _exchanges.OnDecided(process, decided.Configuration);
            }
        }

        if (_plan.IsPlain && effects.Any(static effect => effect is Effect.Send))
        {
            Cover(process);
        }

        process.Disk.NoteCommitted(core.CommittedInStore);
        if (input is Input.Tick)
        {
            process.Ticked();
        }

        var floor = core.Floor.Index.Value;
        Violation.Unless(
            core.Floor == core.Base || (floor <= process.Given && floor <= process.Disk.Log.Last),
            "eviction",
            $"entries up to {floor} left the memory too early");
        _leaders.OnStepped(process, before);
        NoteTerm(core);
        Meet(process, features);
    }

    private void Cover(SimulatedProcess process)
    {
        process.Disk.Cover(process.Core!.CommitIndex);
        Tla?.OnReady(process, _now);
    }

    private void Carry(SimulatedProcess process, Effect effect, Configuration before)
    {
        switch (effect)
        {
            case Effect.Send(var envelope):
                Send(process, envelope);
                break;
            case Effect.SendChunk chunk:
                SendChunk(process, chunk);
                break;
            case Effect.SendEntries send:
                SendEntries(process, send);
                break;
            case Effect.Persist(_, _, var entries):
                process.Log.Write(entries);
                _damage.OnWritten(process, entries);
                _matching.OnWritten(process, entries);
                _configurations.OnWritten(process, entries);
                ConfigurationChecker.CheckInForce(process, entries);
                Write(process, effect);
                break;
            case Effect.StoreChunk store:
                process.Incoming.SetLength(store.Offset);
                process.Incoming.Position = store.Offset;
                process.Incoming.Write(store.Data.Span);
                Write(process, effect);
                break;
            case Effect.InstallSnapshot install:
                Install(process, install);
                Write(process, effect);
                break;
            case Effect.Discard discard:
                process.Log.DiscardUpTo(discard.Log);
                if (_prng.Chance(70) || process.Disk.Log.Last < discard.Log.Index.Value)
                {
                    Write(process, effect); // The disk may lose this write, but not if the log would get a gap.
                }

                break;
            case Effect.Commit(var entries):
                Commit(process, entries, before);
                break;
            case Effect.Refused { Reason: RefusalReason.Diverged }:
                // After the founding timeout, processes with fewer preloaded pairs founded the group. This one reports it and stays out.
                _mayStayApart |= _plan.HasUnequalPreloads;
                break;
            case Effect.Quiesced quiesced:
                Totals.Quiesced++;
                process.Watch = new QuietWatch(quiesced);
                break;
            case Effect.Woken:
                break;
            case Effect.Unwatched:
                process.Watch = null;
                break;
            case Effect.Fenced fenced:
                OnFenced(process, fenced.Fence);
                break;
            default:
                CarryToClients(process, effect);
                break;
        }
    }

    private void Send(SimulatedProcess process, Envelope envelope)
    {
        if (!_restored.Contains(process.Number))
        {
            // A process with an old copy may send anything. The others must not count it.
            _votes.OnSend(process, envelope);
            AcknowledgementChecker.OnSend(process, envelope);
        }

        if (_isCrashAfterVoteDue && envelope.Body is Message.RequestVoteReply { Granted: true, IsPreVote: false })
        {
            _isCrashAfterVoteDue = false;
            _queue.Add(_now, EventKind.FaultEnd, 0, 0, (Action)(() => CrashBriefly(process)));
        }

        if (!_numbers.TryGetValue(envelope.To.Name, out var to) || _network.IsCut(process.Number, to))
        {
            return;
        }

        for (var copies = _network.Copies(); copies > 0; copies--)
        {
            var at = TakenAt(_ofReaders, _processes[to], _network.Arrival(process.Number, to, _now));
            _queue.Add(at, EventKind.Deliver, to, 0, envelope);
            OnSent();
        }
    }

    /// <summary>
    /// Whether the message is a refused pre-vote that tells a later term. The specification of another Raft has no pre-votes, so there a
    /// process learns a term in no such way. The network of a plain group loses the message.
    /// </summary>
    private bool IsLost(SimulatedProcess process, Envelope envelope) =>
        _plan.IsPlain && !_isHealed
        && envelope.Body is Message.RequestVoteReply { IsPreVote: true, Granted: false }
        && process.Core!.Term < envelope.Term;

    private void SendChunk(SimulatedProcess process, Effect.SendChunk effect)
    {
        var chunk = (Message.SnapshotChunk)effect.Envelope.Body;
        if (process.Disk.Read(chunk.Snapshot.Position, effect.Offset, effect.Limit) is { } data)
        {
            Send(process, effect.Envelope with { Body = chunk with { Data = data } });
        }
    }

    private void SendEntries(SimulatedProcess process, Effect.SendEntries effect)
    {
        var entries = process.Disk.ReadLog(effect.First, effect.Last.Index);
        if (entries.IsEmpty)
        {
            Violation.Unless(
                effect.First <= process.Disk.Log.Base.Index, "eviction", $"entry {effect.First} left the memory, and is nowhere");
            return;
        }

        Totals.PagesRead++;
        Send(process, effect.With(entries));
    }

    private void Install(SimulatedProcess process, Effect.InstallSnapshot install)
    {
        Totals.Snapshots++;
        process.State.Load(process.Incoming.GetBuffer().AsSpan(0, (int)process.Incoming.Length));
        _delivery.OnSnapshot(process, install.Snapshot);
        _sessions.OnSnapshot(process, install.Snapshot);
        _keys.OnSnapshot(process, install.Snapshot);
        process.SnapshotTo = process.Given;
        process.Applied = install.Snapshot.Position.Serial;
        DeliveryChecker.CheckKeptLog(process, install);
        process.Log.BeginAt(install.Snapshot.Position, install.KeepsLog);
        ConfigurationChecker.CheckInForce(process, install.Snapshot);
        AnswerReads(process);
    }

    private void Commit(SimulatedProcess process, LogSlice entries, Configuration before)
    {
        var known = _ledger.Count;
        foreach (ref readonly var entry in entries)
        {
            _delivery.OnCommit(process, entry, before);
            process.State.Apply(entry);
            if (process.Appending.Count > 0)
            {
                TellWhoAppended(process, entry);
            }
        }

        process.Applied = entries[^1].Serial;

        for (var index = known + 1; index <= _ledger.Count; index++)
        {
            _keys.OnCommitted(_ledger[index]);
        }

        if (_ledger.Count > known)
        {
            DeliveryChecker.CheckCommittedByOwnTerm(process, entries[^1]);
        }

        AnswerReads(process);
    }

    /// <summary>
    /// Takes a snapshot of a random delivered index whose next entry is in memory, since an application may lag behind its deliveries.
    /// </summary>
    private void TakeSnapshot(SimulatedProcess process, Prng prng)
    {
        var first = Math.Max(Math.Max(process.SnapshotTo + 1, process.Core?.Floor.Index.Value ?? 0), _ledger.FoundedAt);
        if (process.IsRunning && _ledger.FoundedAt > 0 && first <= process.Given && !_plan.IsPlain)
        {
            var index = prng.Chance(50) ? process.Given : prng.Between((int)first, (int)process.Given);
            process.SnapshotTo = index;
            Meet(process, Feature.TakesSnapshot);
            var data = index == process.Given ? process.State.ToBytes() : _ledger.Replay(index).ToBytes();
            var snapshot = process.Core!.DescribeSnapshot(new LogIndex(index), data.Length);
            _sessions.OnSnapshot(process, snapshot);
            _keys.OnSnapshot(process, snapshot);
            Write(process, new TakenSnapshot(snapshot, data));
        }
    }
}
