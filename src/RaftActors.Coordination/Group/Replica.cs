using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// The state of one process of the group, and the questions that wait for a change of it. Each session, and each item with a lifetime, has
/// a reminder, which ends it if no pair renews it. Independent of Akka, so a simulation can run it. All times are those of the monotonic
/// clock of the process. Not thread-safe.
/// </summary>
/// <param name="remind">Sets the reminder of this name, or forgets it if the time is null.</param>
/// <param name="changesMax">The same on all processes of the group.</param>
internal sealed class Replica(Action<string, TimeSpan?> remind, int changesMax = Items.ChangesMax)
{
    /// <summary>
    /// The longest wait of a question. It is below the default of <c>raft.client.attempt-timeout</c>, because a client would then ask
    /// another process, while this one still keeps the question.
    /// </summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(800);

    private readonly WaitingQuestions _waiting = new();

    // A snapshot has replaced the state, or an era has begun. Any change may have come with it, so all earlier questions must be answered.
    private bool _isRestored;

    public CoordinationState State { get; private set; } = new(changesMax);

    /// <summary>The serial of the latest pair in the state.</summary>
    public long Serial { get; private set; }

    private long Stamp => State.Era + Serial;

    /// <summary>Applies a pair, and answers the questions that waited for its changes.</summary>
    /// <param name="client">The client that appended it, or null for a process of the group.</param>
    public Answer Apply(string name, Command? command, long serial, Guid? client = null, long era = 0)
    {
        var before = State.Era;
        var answer = State.Apply(name, command, serial, client, era);
        OnApplied(serial, before);
        return answer;
    }

    /// <summary>Applies the pair of a reminder. Only the leader of the group appends it.</summary>
    public void Expire(string reminder, long serial, long era = 0)
    {
        var before = State.Era;
        State.Expire(Topic.OfReminder(reminder), serial, era);
        OnApplied(serial, before);
    }

    /// <summary>Replaces the state with that of a snapshot, which has the reminders, too.</summary>
    public void Restore(CoordinationImage image, long serial) =>
        (State, Serial, _isRestored) = (CoordinationState.Of(image, changesMax), serial, true);

    /// <summary>Answers a question, or returns null if the answer would be no news, so the question waits.</summary>
    /// <param name="replyLater">Gets the answer after a wait.</param>
    public object? Ask(Question question, TimeSpan now, Action<object> replyLater)
    {
        var answer = State.Answer(question);
        if (question.IsNews(answer))
        {
            return answer;
        }

        _waiting.Add(question, now, replyLater);
        return null;
    }

    /// <param name="left">The time that each reminder has left.</param>
    public RaftOverview Describe(string process, Question.OfOverview question, IReadOnlyDictionary<string, TimeSpan> left) =>
        question.Lock is { } name
            ? State.DescribeLock(process, name)
            : State.Describe(process, session => left.GetValueOrDefault(session.Topic.Name));

    public void Check(TimeSpan now)
    {
        Reply(_waiting.TakeOld(_isRestored ? now : now - WaitMax), _isRestored ? null : Stamp);
        _isRestored = false;
    }

    private void OnApplied(long serial, long before)
    {
        Serial = serial;
        _isRestored |= State.Era != before;
        foreach (var topic in State.Touched)
        {
            if (topic.Reminder is { } name)
            {
                remind(name, State.TimeoutOf(topic));
            }
        }

        Reply(_waiting.Take(State.Touched), _isRestored ? null : Stamp - 1);
    }

    // A change of items wakes all questions about them. So a question that still waits has missed no change, even if more changes of other
    // items followed than the state remembers.
    private void Reply(List<WaitingQuestions.Waiting> waiting, long? after)
    {
        foreach (var each in waiting)
        {
            each.Reply(State.Answer(
                each.Question is Question.OfChanges asked && after is { } serial ? asked with { After = serial } : each.Question));
        }
    }
}
