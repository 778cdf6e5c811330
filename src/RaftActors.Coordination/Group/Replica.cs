using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// The state of one process of the group, and the questions that wait for a change of it. Each session, and each item with a lifetime, has
/// a reminder, which ends it if no pair renews it. Knows no Akka, so a simulation can run it. All times are those of the monotonic clock of
/// the process. Not thread-safe.
/// </summary>
/// <param name="remind">Sets the reminder of this name, or forgets it if the time is null.</param>
/// <param name="changesMax">As all processes of the group have it.</param>
internal sealed class Replica(Action<string, TimeSpan?> remind, int changesMax = Items.ChangesMax)
{
    /// <summary>
    /// The longest wait of a question. It is below the default of <c>raft.client.attempt-timeout</c>, after which a client would ask
    /// another process, while this one still keeps the question.
    /// </summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(800);

    private readonly WaitingQuestions _waiting = new();

    // A snapshot has replaced the state, or an era has begun, and questions from before it still wait: any change may have come with it.
    private bool _isRestored;

    public CoordinationState State { get; private set; } = new(changesMax);

    /// <summary>The serial of the latest pair in the state.</summary>
    public long Serial { get; private set; }

    private long Stamp => State.Era + Serial;

    /// <summary>Applies a pair, and answers the questions that waited for its changes.</summary>
    /// <param name="client">The client that appended it; null: a process of the group.</param>
    /// <param name="era">As <see cref="CoordinationState.Apply"/> takes it.</param>
    public Answer Apply(string name, Command? command, long serial, Guid? client = null, long era = 0)
    {
        var before = State.Era;
        var answer = State.Apply(name, command, serial, client, era);
        OnApplied(serial, before);
        return answer;
    }

    /// <summary>Applies a pair that tells a reminder. Only the leader of the group appends it.</summary>
    public void Expire(string reminder, long serial, long era = 0)
    {
        var before = State.Era;
        State.Expire(Topic.OfReminder(reminder), serial, era);
        OnApplied(serial, before);
    }

    /// <summary>Replaces the state by that of a snapshot, which has the reminders, too.</summary>
    public void Restore(CoordinationImage image, long serial) =>
        (State, Serial, _isRestored) = (CoordinationState.Of(image, changesMax), serial, true);

    /// <summary>Answers a question.</summary>
    /// <param name="replyLater">Receives the answer if there is none now.</param>
    /// <returns>Null: the answer would be no news, so the question waits.</returns>
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

    /// <summary>Describes sessions and locks for people.</summary>
    /// <param name="process">The process of this state.</param>
    /// <param name="left">The time that each reminder has left.</param>
    public RaftOverview Describe(string process, Question.OfOverview question, IReadOnlyDictionary<string, TimeSpan> left) =>
        question.Lock is { } name
            ? State.DescribeLock(process, name)
            : State.Describe(process, session => left.GetValueOrDefault(session.Topic.Name));

    /// <summary>Answers the questions that have waited for too long.</summary>
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

    // A change of items wakes all questions about them. So before it there was none since a question came, even if more changes of other
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
