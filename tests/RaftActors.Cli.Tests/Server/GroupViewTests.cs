using RaftActors.Cli.Protocol;
using RaftActors.Cli.Server;

namespace RaftActors.Cli.Tests.Server;

/// <summary>The note of a server about its own state.</summary>
public sealed class GroupViewTests
{
    [Fact]
    public void Note_of_a_fenced_server_has_the_remedy()
    {
        Assert.True(ServerSettings.TryMake(":9990,:9991", "9990", null, null, "/data", null, null, false, out var settings, out _));
        var view = new GroupView(settings, DateTimeOffset.UnixEpoch);

        view.Exclude("a majority has another log than raft@:9990.", isFenced: true);

        Assert.Equal(ServerStanding.Fenced, view.Standing);
        Assert.Equal(
            $"a majority has another log than :9990. Stop this server, move {settings.Data} away, and start it as before. "
            + "It rejoins by itself while a majority runs without it.",
            view.Note);
    }
}
