using Akka.Actor;

using RaftActors.Coordination.State;

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

    // An Expire that is lost with its leader is appended again after this time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // For each session and item: the serial of its latest renewal, and the time at which it expires by this process's clock.
    private readonly Dictionary<(string Name, long Session), (long Latest, TimeSpan At)> _expiries = [];
    private CoordinationState _state = new();

    public CoordinationActor(CoordinationSettings settings)
        : base(new RaftOptions<Command>
        {
            Group = settings.Group,
            Name = settings.Group,
            Roster = settings.Roster,
            Codec = RaftCodec.Json(CoordinationJson.Default.Command),
            FindFault = CoordinationState.FindFault,
        }) => Receive<CheckTime>(_ => Expire());

    ITimerScheduler IWithTimers.Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    RaftCodec<CoordinationImage> IRaftSnapshot<CoordinationImage>.StateCodec => RaftCodec.Json(CoordinationJson.Default.CoordinationImage);

    protected override RaftCodec<Answer> ResultCodec => RaftCodec.Json(CoordinationJson.Default.Answer);

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    CoordinationImage IRaftSnapshot<CoordinationImage>.TakeSnapshot(Serial serial) => _state.ToImage();

    void IRaftSnapshot<CoordinationImage>.RestoreSnapshot(Serial serial, CoordinationImage state) => _state = CoordinationState.Of(state);

    protected override void PreStart()
    {
        base.PreStart();
        ((IWithTimers)this).Timers.StartPeriodicTimer(CheckTime.Instance, CheckTime.Instance, CheckInterval);
    }

    protected override Answer HandleAppend(Entry<Command> entry) => _state.Apply(entry.Key, entry.Value, entry.Serial.Value);

    protected override object HandleQuery(object question) =>
        CoordinationJson.ToBytes(_state.Answer(CoordinationJson.ToQuestion(question)));

    private void Expire()
    {
        // A follower counts, too: when it becomes the leader, a session whose owner is dead has not a whole timeout left.
        var now = Now;
        var isLeader = Raft.Leader is { IsSelf: true, IsReady: true };
        var count = 0;
        foreach (var each in _state.Mortals)
        {
            count++;
            var key = (each.Name, each.Session);
            if (!_expiries.TryGetValue(key, out var expiry) || expiry.Latest != each.Latest)
            {
                _expiries[key] = (each.Latest, now + each.Timeout);
            }
            else if (isLeader && expiry.At <= now)
            {
                Raft.Append(each.Name, new Command.Expire(each.Session, each.Latest));
                _expiries[key] = (each.Latest, now + Patience);
            }
        }

        if (_expiries.Count > count)
        {
            foreach (var ended in _expiries.Keys.Except(_state.Mortals.Select(each => (each.Name, each.Session))).ToArray())
            {
                _expiries.Remove(ended);
            }
        }
    }

    private sealed class CheckTime : INotInfluenceReceiveTimeout
    {
        public static CheckTime Instance { get; } = new();
    }
}
