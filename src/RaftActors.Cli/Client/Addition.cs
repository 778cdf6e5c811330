using System.Diagnostics;

namespace RaftActors.Cli.Client;

/// <summary>
/// <c>raft members add</c>: adds a server that runs and is of no other group. An added server does not know at once that it is a member. So
/// the command waits for that, at most until its time is up. The addition itself is done by then.
/// </summary>
internal sealed class Addition(ServerId server, ClientSettings settings, GroupClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly long _start = Stopwatch.GetTimestamp();

    private TimeSpan Left => settings.Timeout - Stopwatch.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public RequestOutcome Run()
    {
        if (client.TryAsk(() => client.Raft.StatusAsync(client.End), out var group) is { } silent)
        {
            return new RequestOutcome.NotDone(silent);
        }

        var members = GroupStatus.MembersOf(group);
        if (members.Any(member => member.Server == server))
        {
            return new RequestOutcome.NotDone($"{server} is a member of the group already.");
        }

        var start = StartIt([.. members.Select(member => member.Server)]);
        using var newcomer = (settings with { Servers = [server], Timeout = Left }).Open(client.Interrupted);
        if (newcomer.TryAsk(() => newcomer.Raft.StatusAsync(newcomer.End), out var answer) is { } unreached)
        {
            return new RequestOutcome.NotDone($"{unreached}. First {start}, then add it again.");
        }

        if (Problem(answer, GroupStatus.Latest(group)?.Identity ?? Guid.Empty, start) is { } problem)
        {
            return new RequestOutcome.NotDone(problem);
        }

        var outcome = client.Change((raft, end) => raft.JoinAsync(server.Process, timeout: Left, cancellationToken: end));
        while (outcome is RequestOutcome.Done && Left > TimeSpan.Zero && !IsMember(newcomer))
        {
            client.End.WaitHandle.WaitOne(Pause);
        }

        return outcome;
    }

    // A server with the log of another group cannot join. The group's identity decides: member names may all have changed meanwhile.
    private string? Problem(RaftActors.GroupStatus answer, Guid group, string start)
    {
        if (answer.Processes.FirstOrDefault(one => one.Name == server.Process) is not { } status)
        {
            return $"The server at {server} has another name. Add it by that name, or start it with the name {server}.";
        }

        var members = string.Join(' ', status.Members.Select(member => ServerId.Show(member.Name)));
        return status.Standing() switch
        {
            Standing.Founding => $"{server} was started as a founder of another group, because its -c names it. Stop it, move its data "
                + $"directory away, {start}, and add it again.",
            Standing.Fenced => $"{server} is fenced: {status.Note(null)}",
            Standing.Member or Standing.Removed when status.Identity != group => $"{server} belongs to another group ({members}). Stop it, "
                + $"move its data directory away, {start}, and add it again.",
            _ => null,
        };
    }

    private bool IsMember(GroupClient newcomer) => newcomer.TryAsk(() => newcomer.Raft.StatusAsync(newcomer.End), out var answer) is null
        && answer.Processes.Any(status => status.Name == server.Process && status.Standing() == Standing.Member);

    private string StartIt(ServerId[] members) => $"start it ('raft server -c {string.Join(',', members)} -p {server.Port}"
        + $"{(server.Host.Length > 0 ? $" --host {server.Host}" : "")}')";
}
