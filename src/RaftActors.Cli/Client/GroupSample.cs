using System.Collections.Immutable;

namespace RaftActors.Cli.Client;

/// <summary>A group at one moment: its members as the latest configuration names them, and the replies of all known processes.</summary>
internal sealed record GroupSample(ImmutableArray<GroupMember> Members, ImmutableArray<MemberSample> Processes)
{
    public IEnumerable<RaftStatus> Answers => Processes.Select(process => process.Status).OfType<RaftStatus>();

    public long Term => Answers.Select(status => status.Term).DefaultIfEmpty().Max();

    public long Committed => Answers.Select(status => status.Committed.Value).DefaultIfEmpty().Max();

    public static async Task<GroupSample> TakeAsync(GroupClient client, CancellationToken end)
    {
        var group = await client.StatusAsync(end).ConfigureAwait(false);
        var members = GroupReport.MembersOf(group);
        var names = members.Select(member => member.Name).Union(group.Processes.Select(process => process.Name)).Order();
        return new GroupSample(
            members, [.. await Task.WhenAll(names.Select(name => MemberSample.TakeAsync(client.Raft, name, end))).ConfigureAwait(false)]);
    }

    public RaftStatus? StatusOf(ProcessName name) => Processes.FirstOrDefault(process => process.Name == name)?.Status;
}
