namespace RaftActors.Dashboard.Sampling;

/// <summary>A group at one moment, as the pages show it.</summary>
internal sealed record GroupView
{
    public required string Name { get; init; }

    /// <summary>The members, and other processes that answered, by name.</summary>
    public required ImmutableArray<ProcessView> Processes { get; init; }

    /// <summary>The leader of the latest term that a process knows, or null.</summary>
    public ProcessName? Leader { get; private init; }

    public long Term { get; private init; }

    /// <summary>The highest serial that a process knows as committed.</summary>
    public long Committed { get; private init; }

    public long MembersIndex { get; private init; }

    public int? MaxQuorum { get; private init; }

    /// <summary>The last known decision about the members, of this leader or an earlier one, or null.</summary>
    public string? Decision { get; private init; }

    /// <summary>What one process says about the group, or null if it was not asked.</summary>
    public string? Explanation { get; init; }

    /// <summary>A majority of the voters has answered, and a leader is known. Otherwise the state of each process may be stale.</summary>
    public bool IsSound { get; private init; }

    /// <summary>The problems, each with its cause and its remedy.</summary>
    public ImmutableArray<string> Problems { get; private init; } = [];

    public EventMemory.GroupEvents Events { get; init; } = EventMemory.GroupEvents.None;

    /// <summary>Pairs committed in a second since the previous sample, or null without one.</summary>
    public double? Rate { get; init; }

    /// <summary>The commits that a process of this node measured since the previous sample, or null.</summary>
    public CommitTime? Times { get; init; }

    public IEnumerable<ProcessView> Voters => Processes.Where(process => process.Member is { IsVoter: true });

    public IEnumerable<ProcessView> Learners => Processes.Where(process => process.Member is { IsVoter: false });

    public int Majority => (Voters.Count() / 2) + 1;

    public int Answering => Voters.Count(process => process.Status is not null);

    /// <summary>The pairs that the slowest answering member has not delivered.</summary>
    public long Lag => Processes.Where(process => process is { Member: not null, Status: not null }).Select(LagOf).DefaultIfEmpty().Max();

    /// <param name="own">The processes of this node.</param>
    /// <param name="polled">What all processes said, or null if they were not asked yet.</param>
    public static GroupView Of(string name, IReadOnlyCollection<RaftStatus> own, Polled<GroupStatus>? polled)
    {
        var (asked, failure) = (polled?.Answer, polled?.Failure);

        // This node's own status is never older than its answer.
        ImmutableArray<RaftStatus> answers =
            [.. own, .. asked?.Processes.Where(other => own.All(each => each.Name != other.Name)) ?? []];
        var newest = answers.MaxBy(each => each.MembersIndex);
        var members = newest?.Members ?? [];
        var names = members.Select(member => member.Name).Concat(answers.Select(each => each.Name)).Concat(asked?.Silent ?? []);
        var led = answers.Where(each => each.Leader is not null).MaxBy(each => each.Term);
        var view = new GroupView
        {
            Name = name,
            Processes =
            [
                .. names.Distinct().Order().Select(process => new ProcessView(
                    process,
                    members.FirstOrDefault(member => member.Name == process),
                    answers.FirstOrDefault(each => each.Name == process))
                {
                    IsOfThisNode = own.Any(each => each.Name == process),
                }),
            ],
            Leader = led?.Leader,
            Term = answers.Select(each => each.Term).DefaultIfEmpty().Max(),
            Committed = answers.Select(each => each.Committed.Value).DefaultIfEmpty().Max(),
            MembersIndex = newest?.MembersIndex ?? 0,
            MaxQuorum = newest?.MaxQuorum,
            Decision = answers.FirstOrDefault(each => each.Name == led?.Leader)?.Decision
                ?? answers.Where(each => each.Decision is not null).MaxBy(each => each.RoleSince)?.Decision,
        };
        var problems = asked is null || failure is not null ? own.SelectMany(each => each.Problems) : asked.Problems;
        return view with
        {
            IsSound = failure is null && view.Leader is not null && view.Answering >= view.Majority,
            Problems = [.. failure is null ? [] : (string[])[failure], .. problems.Select(problem => $"{problem}")],
        };
    }

    public long LagOf(ProcessView process) => process.Status is { } status ? Math.Max(0, Committed - status.Delivered.Value) : 0;
}

/// <summary>A process of a group at one moment.</summary>
/// <param name="Member">Null if it is no member.</param>
/// <param name="Status">Null if it did not answer.</param>
internal sealed record ProcessView(ProcessName Name, GroupMember? Member, RaftStatus? Status)
{
    public bool IsOfThisNode { get; init; }
}
