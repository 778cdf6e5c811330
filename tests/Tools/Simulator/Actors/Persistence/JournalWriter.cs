using System.Globalization;
using System.Reflection;

using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

using RaftActors.Persistence;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>
/// A persistent actor that persists, takes snapshots and deletes, a few times, and then stops. At times it restarts while a write is under
/// way. It tells the ledger what it was told.
/// </summary>
internal sealed class JournalWriter : ReceivePersistentActor, IWithTimers
{
    private const int CommandsMax = 6;
    private const int PauseMax = 200;

    // Three of them are too large for a write.
    private const int LargePadding = 900;

    // Akka.NET makes a random one for each life, which is in the bytes of its events. Two runs of a seed must have the same bytes.
    private static readonly FieldInfo WriterGuid = typeof(Eventsourced).GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Single(field => field.FieldType == typeof(string) && field.Name.Contains("writerGuid", StringComparison.OrdinalIgnoreCase));

    private readonly JournalLedger _ledger;
    private readonly JournalLife _life;
    private int _left;

    /// <param name="commands">False: it recovers and stops.</param>
    public JournalWriter(string id, string node, JournalLedger ledger, bool commands)
    {
        (PersistenceId, _ledger) = (id, ledger);
        _left = commands ? ledger.Between(1, CommandsMax) : 0;
        var fromSnapshot = ledger.Between(0, 3) > 0;
        Recovery = fromSnapshot ? Recovery.Default : new Recovery(SnapshotSelectionCriteria.None);
        _life = ledger.Begin(id, node, fromSnapshot);
        WriterGuid.SetValue(this, _life.Number.ToString(CultureInfo.InvariantCulture));
        Recover<SnapshotOffer>(offer => _life.OnSnapshot(offer.Metadata.SequenceNr, (string)offer.Snapshot));
        Recover<string>(text => _life.OnReplayed(LastSequenceNr, text));
        Recover<RecoveryCompleted>(_ =>
        {
            _life.OnRecovered(LastSequenceNr);
            Later();
        });
        Command<Next>(_ => Do());
        Command<Restart>(_ => throw new PlannedRestartException());
        Command<SaveSnapshotSuccess>(saved => Later(() => _life.OnSaved(saved.Metadata.SequenceNr)));
        Command<SaveSnapshotFailure>(_ => Later());
        Command<DeleteMessagesSuccess>(deleted => Later(() => _life.OnDeleted(deleted.ToSequenceNr)));
        Command<DeleteMessagesFailure>(_ => Later());
        Command<DeleteSnapshotsSuccess>(_ => Later(_life.OnSnapshotsDeleted));
        Command<DeleteSnapshotsFailure>(_ => Later());
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery { get; }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _life.OnFailed(isStale: cause is StaleWriterException, TextOf(@event));

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        if (_life.OnRejected(sequenceNr, TextOf(@event)))
        {
            Later();
        }
    }

    private static string TextOf(object @event) => (string)(@event is Tagged tagged ? tagged.Payload : @event);

    private void Later(Action before)
    {
        before();
        Later();
    }

    private void Later() => Timers.StartSingleTimer(
        nameof(Next), Next.Instance, TimeSpan.FromMilliseconds(_ledger.Between(1, PauseMax)));

    private void Do()
    {
        if (_left-- == 0)
        {
            Context.Stop(Self);
            return;
        }

        switch (_ledger.Between(0, 15))
        {
            case < 6:
                PersistAll(NewBatch(_ledger.Between(1, 5)), OnPersisted);
                break;
            case < 9:
                // The journal gets all of them at once, as writes of their own.
#pragma warning disable AK1006
                foreach (var each in NewBatch(_ledger.Between(2, 4)))
                {
                    PersistAsync(each, OnPersisted);
                }
#pragma warning restore AK1006

                break;
            case 9:
                PersistAll(NewBatch(3, LargePadding), OnPersisted);
                break;
            case 10:
                PersistAllAsync(NewBatch(2), OnPersisted);
                Self.Tell(Restart.Instance);
                break;
            case < 13:
                TakeSnapshot();
                break;
            case 13:
                Delete(_life.LatestSnapshot);
                break;
            case 14:
                Delete(_ledger.Between(0, (int)LastSequenceNr));
                break;
            default:
                DeleteSnapshots(new SnapshotSelectionCriteria(_life.NewSnapshotDeletion(_ledger.Between(0, (int)LastSequenceNr))));
                break;
        }
    }

    // As SaveSnapshot, with a time of the simulation. Otherwise Akka.NET takes that of the machine.
    private void TakeSnapshot() => SnapshotStore.Tell(new SaveSnapshot(
        new SnapshotMetadata(PersistenceId, LastSequenceNr, Context.System.Scheduler.Now.UtcDateTime), _life.NewSnapshot(LastSequenceNr)));

    private void Delete(long to)
    {
        _life.BeginDeletion(to);
        DeleteMessages(to);
    }

    private List<object> NewBatch(int size, int? padding = null) =>
    [
        .. _life.NewBatch(size).Select(each => each.ToText(padding ?? _ledger.Between(0, 100)) is var text && each.Tag is { } tag
            ? new Tagged(text, [tag])
            : (object)text),
    ];

    private void OnPersisted(object @event)
    {
        if (_life.OnPersisted(LastSequenceNr, TextOf(@event)))
        {
            Later();
        }
    }

    private sealed record Next
    {
        public static Next Instance { get; } = new();
    }

    private sealed record Restart
    {
        public static Restart Instance { get; } = new();
    }
}

/// <summary>An actor restarts with it, as after an error of its own.</summary>
internal sealed class PlannedRestartException : Exception;
