using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// One process of the coordination group. It applies commands, answers questions, and ends sessions that are not renewed, and items whose
/// lifetime has passed.
/// <para>
/// A reminder ends a session. Each process counts it from the moment when that process applied the latest renewal. The owner counts from
/// the moment when it sent that renewal, which was earlier. So the owner stops first, whichever process leads.
/// </para>
/// </summary>
internal sealed class CoordinationActor : RaftActor<Command, Answer>, IRaftSnapshot<CoordinationImage>, IWithTimers
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly Replica _replica;

    public CoordinationActor(CoordinationSettings settings)
        : base(new RaftOptions<Command>
        {
            Group = settings.Group,
            Name = settings.Group,
            Roster = settings.Roster,
            Codec = RaftCodec.Json(CoordinationJson.Default.Command),
            FindFault = CoordinationState.FindFault,
            IsOfOperators = Command.IsOfOperators,
        })
    {
        _replica = new Replica(Set);
        Receive<CheckTime>(_ => _replica.Check(Now));
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    RaftCodec<CoordinationImage> IRaftSnapshot<CoordinationImage>.StateCodec => RaftCodec.Json(CoordinationJson.Default.CoordinationImage);

    // From 2 on, the group applies Command.Commit.
    protected override int LogicVersion => 2;

    protected override RaftCodec<Answer> ResultCodec => RaftCodec.Json(CoordinationJson.Default.Answer);

    [SuppressMessage("Determinism", "RAFT001", Justification = "The clock decides how long a question waits, and no state depends on it.")]
    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    CoordinationImage IRaftSnapshot<CoordinationImage>.TakeSnapshot(Serial serial) => _replica.State.ToImage();

    void IRaftSnapshot<CoordinationImage>.RestoreSnapshot(Serial serial, CoordinationImage state) => _replica.Restore(state, serial.Value);

    protected override void PreStart()
    {
        base.PreStart();
        ((IWithTimers)this).Timers.StartPeriodicTimer(nameof(CheckTime), new CheckTime(), CheckInterval);
    }

    protected override Answer HandleAppend(Entry<Command> entry) =>
        _replica.Apply(entry.Key, entry.Value, entry.Serial.Value, entry.Client, entry.Era);

    protected override void HandleReminder(Entry<Command> entry) => _replica.Expire(entry.Key, entry.Serial.Value, entry.Era);

    protected override ulong? HandleDigest() => _replica.State.Digest();

    protected override object HandleQuery(object question)
    {
        var asked = CoordinationJson.ToQuestion(question);
        if (asked is Question.OfOverview overview)
        {
            return CoordinationJson.ToBytes(_replica.Describe(Group.Self.Value, overview, LeftOfReminders()));
        }

        var later = new LaterAnswer();
        return _replica.Ask(asked, Now, Reply) is { } answer ? CoordinationJson.ToBytes(answer) : later;

        void Reply(object answer) => Group.Answer(later, CoordinationJson.ToBytes(answer));
    }

    private void Set(string reminder, TimeSpan? after)
    {
        if (after is { } time)
        {
            Remind(reminder, time, null!); // Justification: its name says everything, and its value is never read.
        }
        else
        {
            Forget(reminder);
        }
    }

    private sealed record CheckTime : INotInfluenceReceiveTimeout;
}
