namespace RaftActors.Tests.Model;

/// <summary>What the status of a process says of its Core.</summary>
public sealed class RaftStatusTests : TestKit
{
    [Fact]
    public void Role_is_one_since_the_process_took_it_whatever_terms_come_and_go()
    {
        var core = new Bench(this).Context.Core;
        var since = DateTimeOffset.UnixEpoch.AddDays(1);
        RaftStatus former = new("g", new ProcessName("raft1@node1"))
        {
            Role = RaftRole.Follower,
            Term = core.Term.Value + 5,
            RoleSince = since,
        };

        Assert.Equal(since, former.With(core, TimeProvider.System).RoleSince);
        Assert.NotEqual(since, (former with { Role = RaftRole.Leader }).With(core, TimeProvider.System).RoleSince);
    }
}
