using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Group;

/// <summary>
/// The state of one process of the group, the questions that wait for a change of it, and the times at which sessions and items expire.
/// Knows no Akka, so a simulation can run it. All times are those of the monotonic clock of the process. Not thread-safe.
/// </summary>
/// <param name="changesMax">As all processes of the group have it.</param>
internal sealed class Replica(int changesMax = Items.ChangesMax)
{
    /// <summary>
    /// The longest wait of a question. It is below the default of <c>raft.client.attempt-timeout</c>, after which a client would ask
    /// another process, while this one still keeps the question.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);

    private readonly Expiries _expiries = new();
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
    public Answer Apply(string name, Command? command, long serial, TimeSpan now, Guid? client = null, long era = 0)
    {
        Serial = serial;
        var before = State.Era;
        var answer = State.Apply(name, command, serial, client, era);
        _isRestored |= era != before;
        _expiries.OnApplied(State, now);
        Reply(_waiting.Take(State.Touched), _isRestored ? null : Stamp - 1);
        return answer;
    }

    /// <summary>Replaces the state by that of a snapshot.</summary>
    public void Restore(CoordinationImage image, long serial, TimeSpan now)
    {
        (State, Serial, _isRestored) = (CoordinationState.Of(image, changesMax), serial, true);
        _expiries.OnRestored(State, now);
    }

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
    public Overview Describe(string process, Question.OfOverview question, TimeSpan now) =>
        question.Lock is { } name
            ? State.DescribeLock(process, name)
            : State.Describe(process, session => _expiries.LeftOf(session.Owner, session.Id, now));

    /// <summary>Answers the questions that have waited for too long, and finds what the leader appends.</summary>
    /// <param name="isLeader">False: nothing is found.</param>
    public List<(string Name, Command.Expire Command)> Check(TimeSpan now, bool isLeader)
    {
        Reply(_waiting.TakeOld(_isRestored ? now : now - Patience), _isRestored ? null : Stamp);
        _isRestored = false;
        return isLeader ? _expiries.Find(now) : [];
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
