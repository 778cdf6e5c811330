using System.Text.Json;

using Akka.Actor;

using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs let actors set, replace and forget reminders. Some of them set the next one. Snapshots are frequent. An operator moves the
/// leadership, and lets members leave and join.
/// </summary>
internal static class RemindersWorkload
{
    private const int Calls = 80;
    private const int Names = 12;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        RemindersLedger ledger = new();
        simulation
            .Nodes(3 + (int)(seed % 3))
            .Actor(_ => new Alarm(ledger), SumsWorkload.ActorName)
            .Config("raft.snapshot { after-entries = 12, retained-entries = 4 }")
            .For(SumsWorkload.FaultsLast)
            .Clients(3, client => client.Number == 0 ? SumsWorkload.OperateAsync(client) : UseAsync(client, ledger))
            .Always("the clocks are noted", view => ledger.NoteClocks(view.Actors<Alarm>()))
            .Always("each reminder is due", _ => ledger.Broken is null ? true : throw new InvalidDataException(ledger.Broken))
            .Eventually("all nodes have told all reminders", view => view.Actors<Alarm>().Count() == view.Nodes
                && view.Actors<Alarm>().All(alarm => alarm.HasToldAll && alarm.Told.SequenceEqual(view.Actor<Alarm>(0)!.Told)));
    }

    private static async Task UseAsync(SimulatedClient client, RemindersLedger ledger)
    {
        ledger.Now = () => client.Now;
        await using var alarm = client.CreateClient<int, int>();
        for (var call = 0; call < Calls; call++)
        {
            var name = $"{client.Next(Names)}";
            await alarm.AppendAsync(name, ledger.NextCommand(client.Next), TimeSpan.FromMilliseconds(50 + client.Next(1500)));
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(300)));
        }
    }
}

/// <summary>
/// Sets a reminder for the name that is the key of a pair, or forgets it. The value of the pair is the number of a command, and of the
/// reminder. It keeps what it has set and told.
/// </summary>
internal sealed class Alarm(RemindersLedger ledger) : RaftActor<int, int>, IRaftSnapshot<string>
{
    private SortedDictionary<string, int> _set = [];

    /// <summary>The wall clock of the node, if it leads; null: it does not.</summary>
    public DateTimeOffset? WallOfLeader => Group.Leader is { IsSelf: true } ? System.Scheduler.Now : null;

    private ActorSystem System { get; } = Context.System;

    public List<int> Told { get; private set; } = [];

    public bool HasToldAll => _set.Count == 0;

    public string TakeSnapshot(Serial serial) => JsonSerializer.Serialize(new State(_set, Told));

    public void RestoreSnapshot(Serial serial, string state) => (_set, Told) = JsonSerializer.Deserialize<State>(state)!;

    protected override int HandleAppend(Entry<int> entry)
    {
        if (ledger.DelayOf(entry.Value) is { } delay)
        {
            SetReminder(entry, entry.Value, delay);
        }
        else
        {
            Demand(Forget(entry.Key) == _set.Remove(entry.Key), $"a reminder {entry.Key} is forgotten, and it is not set");
        }

        return _set.Count;
    }

    protected override void HandleReminder(Entry<int> entry)
    {
        Demand(
            _set.Remove(entry.Key, out var number) && number == entry.Value,
            $"the reminder {entry.Value} of {entry.Key} is told, and {(number == 0 ? "none" : number)} is set");
        ledger.NoteTold(entry);
        Told.Add(entry.Value);
        if (RemindersLedger.NextOf(entry.Value) is { } next)
        {
            SetReminder(entry, next, ledger.DelayOf(next)!.Value);
        }
    }

    private void SetReminder(Entry<int> entry, int number, TimeSpan delay)
    {
        _set[entry.Key] = number;
        ledger.NoteSet(number, entry.Time + delay);
        if (RemindersLedger.IsForDate(number))
        {
            Remind(entry.Key, entry.Time + delay, number);
        }
        else
        {
            Remind(entry.Key, delay, number);
        }
    }

    private void Demand(bool holds, string otherwise) => ledger.Demand(holds, $"{Group.Self}: {otherwise}");

    private sealed record State(SortedDictionary<string, int> Set, List<int> Told);
}

/// <summary>The commands of a run, and when their reminders were set and told first.</summary>
internal sealed class RemindersLedger
{
    // A reminder that sets the next one adds so much to its number.
    private const int Step = 1_000_000;
    private const int StepsMax = 3;

    // The clocks of simulated nodes are fast or slow by at most 1 %.
    private const double RateMin = 0.99;

    private readonly List<TimeSpan?> _delays = [];
    private readonly Dictionary<int, (TimeSpan At, DateTimeOffset Date)> _set = [];

    // The latest wall clock of a leader since a reminder for a date was set.
    private readonly Dictionary<int, DateTimeOffset> _walls = [];
    private readonly Dictionary<int, Serial> _told = [];

    public Func<TimeSpan> Now { get; set; } = () => TimeSpan.Zero;

    /// <summary>The first broken rule. An exception in an actor would only restart the actor.</summary>
    public string? Broken { get; private set; }

    /// <summary>The number of a new command.</summary>
    public int NextCommand(Func<int, int> choose)
    {
        _delays.Add(choose(4) == 0 ? null : TimeSpan.FromMilliseconds(choose(3000)));
        return _delays.Count;
    }

    /// <summary>The time of its reminder; null: it forgets the one of its name.</summary>
    public TimeSpan? DelayOf(int number) => _delays[(number % Step) - 1];

    public static bool IsForDate(int number) => number % 4 == 0;

    /// <summary>The number of the reminder that this one sets; null: none.</summary>
    public static int? NextOf(int number) => number % 5 == 0 && number < StepsMax * Step ? number + Step : null;

    public void NoteSet(int number, DateTimeOffset date)
    {
        if (_set.TryAdd(number, (Now(), date)) && IsForDate(number))
        {
            _walls.Add(number, default);
        }
    }

    /// <summary>Notes the clocks before time goes on, so that no step of a clock is missed.</summary>
    public bool NoteClocks(IEnumerable<Alarm> alarms)
    {
        if (alarms.Max(alarm => alarm.WallOfLeader) is { } wall)
        {
            foreach (var number in _walls.Keys)
            {
                _walls[number] = wall > _walls[number] ? wall : _walls[number];
            }
        }

        return true;
    }

    // The clocks may step, so a reminder for a date may be early by another clock than that of the leader.
    public void NoteTold(Entry<int> entry)
    {
        var (set, date) = _set[entry.Value];
        Demand(
            IsForDate(entry.Value)
                ? !_walls.Remove(entry.Value, out var wall) || wall >= date
                : Now() >= set + (DelayOf(entry.Value)!.Value * RateMin),
            $"the reminder {entry.Value} is told early");
        Demand(
            _told.TryAdd(entry.Value, entry.Serial) || _told[entry.Value] == entry.Serial,
            $"the reminder {entry.Value} is told at {_told[entry.Value]} and {entry.Serial}");
    }

    public void Demand(bool holds, string otherwise) => Broken ??= holds ? null : otherwise;
}
