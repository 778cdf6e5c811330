namespace RaftActors.Cli.Client;

/// <summary>
/// Adds a process for <c>raft members add</c>. The process must run, and must not belong to another group. After the change is committed,
/// waits until the process knows that it is a member, or until the timeout.
/// </summary>
internal sealed class Addition(ProcessName process, RunSettings settings, GroupClient client, bool votes)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly long _start = Stopwatch.GetTimestamp();

    private Target Target => settings.Target;

    private string Shown => Target.Show(process);

    private TimeSpan Left => settings.Timeout - Stopwatch.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public RequestOutcome Run()
    {
        if (client.TryAsk(() => client.StatusAsync(client.End), out var group) is { } silent)
        {
            return new RequestOutcome.NotDone(silent);
        }

        var members = group.Members;
        if (members.Any(member => member.Name == process))
        {
            return new RequestOutcome.NotDone($"{Shown} is a member of the group already.");
        }

        var start = Target.StartIt(process, members.Select(member => member.Name));
        var answer = group;
        using var own = Target.Alone(process) is { } alone
            ? (settings with { Target = alone, Timeout = Left }).Open(client.Interrupted)
            : null;
        if (own?.TryAsk(() => own.StatusAsync(own.End), out answer) is { } unreached)
        {
            return new RequestOutcome.NotDone($"{unreached}. First {start}, then add it again.");
        }

        var status = answer.Processes.FirstOrDefault(one => one.Name == process);
        if (own is not null && status is null)
        {
            return new RequestOutcome.NotDone(
                $"The server at {Shown} has another name. Add it by that name, or start it with the name {Shown}.");
        }

        if (status is not null && Problem(status, group.Latest?.Identity ?? Guid.Empty, start) is { } problem)
        {
            return new RequestOutcome.NotDone(problem);
        }

        var outcome = client.Change((raft, end) => raft.JoinAsync(process, timeout: Left, votes: votes, cancellationToken: end));
        while (outcome is RequestOutcome.Done && Left > TimeSpan.Zero && !client.IsInterrupted && !IsMember(own ?? client))
        {
            client.End.WaitHandle.WaitOne(Pause);
        }

        return outcome;
    }

    // A process with the log of another group cannot join. The identity of the group tells, because all member names may have changed.
    private string? Problem(RaftStatus status, Guid group, string start)
    {
        var members = string.Join(' ', status.Members.Select(member => Target.Show(member.Name)));
        return status.Standing switch
        {
            ProblemKind.Founding => $"{Shown} was started as a founder of another group, because its {Target.Roster} names it. Stop it, "
                + $"{start}, and add it again.",
            ProblemKind.Fenced or ProblemKind.Failed =>
                $"{Shown} {Target.Show(status.Problems.First(problem => problem.Kind == status.Standing).TextIn(status.Group))}",
            null or ProblemKind.Removed when status.Identity != group => $"{Shown} belongs to another group ({members}). Stop it, "
                + $"run 'raft log forget' for it, {start}, and add it again.",
            _ => null,
        };
    }

    private bool IsMember(GroupClient newcomer) => newcomer.TryAsk(() => newcomer.StatusAsync(newcomer.End), out var answer) is null
        && answer.Processes.Any(status => status.Name == process && status.Standing is null);
}
