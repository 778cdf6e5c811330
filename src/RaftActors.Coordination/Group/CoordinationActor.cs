using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

using RaftActors.Coordination.State;
using RaftActors.Delivery;
using RaftActors.Wire;

namespace RaftActors.Coordination.Group;

/// <summary>
/// One process of the coordination group: applies commands, answers questions, and on the leader ends the sessions that no program renews
/// and the items whose lifetime is over.
/// <para>
/// A session expires by the clock of a leader, which counts from the moment when it applied the latest renewal. The owner counts from the
/// moment when it sent that renewal, which was earlier. So the owner stops first, whichever process leads.
/// </para>
/// </summary>
internal sealed class CoordinationActor : RaftActor<Command, Answer>, IRaftSnapshot<CoordinationImage>, IWithTimers
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(50);

    private readonly Replica _replica = new();

    public CoordinationActor(CoordinationSettings settings)
        : base(new RaftOptions<Command>
        {
            Group = settings.Group,
            Name = settings.Group,
            Roster = settings.Roster,
            Codec = RaftCodec.Json(CoordinationJson.Default.Command),
            FindFault = CoordinationState.FindFault,
        }) => Receive<CheckTime>(_ => Check());

    ITimerScheduler IWithTimers.Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    RaftCodec<CoordinationImage> IRaftSnapshot<CoordinationImage>.StateCodec => RaftCodec.Json(CoordinationJson.Default.CoordinationImage);

    protected override RaftCodec<Answer> ResultCodec => RaftCodec.Json(CoordinationJson.Default.Answer);

    [SuppressMessage("Determinism", "RAFT001", Justification = "The clock decides when to append an expiry, and no state depends on it.")]
    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    CoordinationImage IRaftSnapshot<CoordinationImage>.TakeSnapshot(Serial serial) => _replica.State.ToImage();

    void IRaftSnapshot<CoordinationImage>.RestoreSnapshot(Serial serial, CoordinationImage state) =>
        _replica.Restore(state, serial.Value, Now);

    protected override void PreStart()
    {
        base.PreStart();
        ((IWithTimers)this).Timers.StartPeriodicTimer(CheckTime.Instance, CheckTime.Instance, CheckInterval);
    }

    protected override Answer HandleAppend(Entry<Command> entry) =>
        _replica.Apply(entry.Key, entry.Value, entry.Serial.Value, Now, ClientSession.ClientOf(entry.Origin), entry.Era);

    protected override ulong? HandleDigest() => _replica.State.Digest();

    protected override object HandleQuery(object question)
    {
        var asked = CoordinationJson.ToQuestion(question);
        if (asked is Question.OfOverview overview)
        {
            return CoordinationJson.ToBytes(_replica.Describe(Raft.Self.Value, overview, Now));
        }

        var later = new LaterAnswer();
        return _replica.Ask(asked, Now, Reply) is { } answer ? CoordinationJson.ToBytes(answer) : later;

        void Reply(object answer) => Raft.Answer(later.Request, _ => CoordinationJson.ToBytes(answer));
    }

    private void Check()
    {
        foreach (var (name, expire) in _replica.Check(Now, Raft.Leader is { IsSelf: true, IsReady: true }))
        {
            Raft.Append(name, expire);
        }
    }

    private sealed class CheckTime : INotInfluenceReceiveTimeout
    {
        public static CheckTime Instance { get; } = new();
    }
}
