namespace RaftActors.Examples;

/// <summary>Adds the process that docs/members.md starts.</summary>
public static class Members
{
    public static async Task<Outcome<Membership>> AddAsync(RaftClient counter)
    {
        var added = await counter.JoinAsync(new ProcessName("counter@127.0.0.1:2554"));
        return added;
    }
}
