using System.Diagnostics.CodeAnalysis;
using System.Globalization;

using Akka.Actor;

using RaftActors.Persistence.Settings;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Group;

/// <summary>One process of a group that keeps events and snapshots.</summary>
internal sealed class JournalActor : RaftActor<Command, string>, IRaftStreamSnapshot, IWithTimers
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly PersistenceSettings _settings;
    private readonly EventFile _file;
    private readonly JournalState _state;
    private readonly Waits _waits;

    public JournalActor(RaftShard shard, PersistenceSettings settings)
        : base(new RaftOptions<Command> { Shard = shard, Codec = CommandCodec.Instance, FindFault = FindFault })
    {
        _settings = settings;
        _file = new EventFile(settings.Directory is { } directory
            ? Path.Combine(directory, FileNameOf($"{shard.Group}@{Raft.Get(Context.System).Node}"))
            : null);
        _state = new JournalState(_file);

        // Without the lambda, the thread of the dispatcher would wait until the store is open.
        _waits = new Waits(_state, (later, answer) => Group.Answer(later, answer));
        Receive<CheckTime>(_ => _waits.OnTime(Now));
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    [SuppressMessage("Determinism", "RAFT001", Justification = "The clock decides how long a question waits, and no state depends on it.")]
    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    StateWriter IRaftStreamSnapshot.TakeSnapshot(Serial serial) => _state.ToWriter();

    void IRaftStreamSnapshot.RestoreSnapshot(Serial serial, Stream state)
    {
        _state.Restore(state);
        _waits.OnRestored();
    }

    /// <summary>Returns why a group of this size must not take a command, or null. Deletions are always taken.</summary>
    internal static string? FindExcess(PersistenceSettings settings, long events, long bytes, Command command)
    {
        var (added, size) = command switch
        {
            Command.Write write => SizeOf([write]),
            Command.Batch batch => SizeOf(batch.Writes.Select(each => each.Write)),
            Command.SaveSnapshot save => (0, save.Snapshot.Bytes.Length),
            _ => (0, 0L),
        };
        return added > 0 && events + added > settings.EventsMax ? Full("events", events, "events-max", settings.EventsMax)
            : size > 0 && bytes + size > settings.SizeMaxBytes ? Full("bytes", bytes, "size-max", settings.SizeMaxBytes)
            : null;

        static (int Events, long Bytes) SizeOf(IEnumerable<Command.Write> writes)
        {
            List<StoredEvent> all = [.. writes.SelectMany(write => write.Events)];
            return (all.Count, all.Sum(each => (long)each.Bytes.Length));
        }

        static string Full(string unit, long present, string setting, long max) => string.Create(
            CultureInfo.InvariantCulture,
            $"The journal is full: it has {present} {unit}, and raft-persistence.{setting} is {max}. "
                + $"Delete events that snapshots cover, or raise it on all nodes.");
    }

    protected override string? HandleProposal(Proposal<Command> proposal) =>
        FindExcess(_settings, _state.EventCount, _state.Bytes, proposal.Value);

    protected override void PreStart()
    {
        base.PreStart();
        ((IWithTimers)this).Timers.StartPeriodicTimer(nameof(CheckTime), new CheckTime(), CheckInterval);
    }

    protected override string HandleAppend(Entry<Command> entry)
    {
        var result = _state.Apply(entry.Key, entry.Value, entry.Serial);
        _waits.OnApplied(entry.Key, entry.Value);
        return result;
    }

    protected override ulong? HandleDigest() => _state.Digest;

    protected override object HandleQuery(object question) => Question.Read(question) switch
    {
        Question.Wait wait => _waits.Ask(wait, Now),
        var other => _state.Answer(other),
    };

    protected override void PostStop()
    {
        _file.Dispose();
        base.PostStop();
    }

    // Without this, an event out of order would break the order of all later ones.
    private static string? FindFault(string id, Command command) => command switch
    {
        Command.Write write => FindFault(id, write),
        Command.Batch batch => batch.Writes.Select(each => FindFault(each.Id, each.Write)).FirstOrDefault(fault => fault is not null),
        _ => null,
    };

    private static string? FindFault(string id, Command.Write write) =>
        write.Events.IsEmpty || write.Events[0].SequenceNr <= write.After
            || write.Events.Zip(write.Events.Skip(1)).Any(pair => pair.First.SequenceNr >= pair.Second.SequenceNr)
                ? $"The sequence numbers of the events of '{id}' do not rise. Write by Akka.Persistence."
                : null;

    private static string FileNameOf(string process) =>
        string.Concat(process.Select(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '.' or '@' ? each : '_'));

    private sealed record CheckTime : INotInfluenceReceiveTimeout;
}
